"""Keyset paging: whatever the rows, walking it gives the plain list."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from core.pagination import BadCursor, KeysetPage, asked_page, keyset_page
from customers.models import Customer
from events.models import Event

if TYPE_CHECKING:
    from django.test import RequestFactory

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
NEWEST = ("-at", "-id")
ORDERINGS = [NEWEST, ("at", "id"), ("subject_id", "id"), ("-name", "-subject_id", "-id"), ("-id",)]


def make(values: list[int]) -> None:
    """Rows with many equal values: paging has to tell them apart by id."""
    Event.objects.all().delete()
    Event.objects.bulk_create(
        Event(
            name=f"e{value % 2}",
            at=MIDNIGHT + timedelta(minutes=value),
            subject_type="t",
            subject_id=value,
        )
        for value in values
    )


def pages(ordering: tuple[str, ...], size: int) -> list[KeysetPage[Event]]:
    found = [keyset_page(Event.objects.all(), ordering, size=size)]
    while found[-1].next:
        found.append(keyset_page(Event.objects.all(), ordering, cursor=found[-1].next, size=size))
    return found


@budget(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 4), max_size=12),
    st.integers(1, 5),
    st.sampled_from(ORDERINGS),
)
def test_forwards_and_backwards_give_the_plain_list(
    values: list[int], size: int, ordering: tuple[str, ...]
) -> None:
    make(values)
    plain = list(Event.objects.order_by(*ordering))
    walked = pages(ordering, size)
    assert [row for page in walked for row in page.rows] == plain
    back = [walked[-1]]
    while back[0].previous:
        earlier = keyset_page(Event.objects.all(), ordering, cursor=back[0].previous, size=size)
        back.insert(0, earlier)
    assert [row for page in back for row in page.rows] == plain
    assert (walked[0].previous, walked[-1].next) == ("", "")


def test_rows_that_arrive_meanwhile_shift_nothing() -> None:
    make(list(range(6)))
    first = keyset_page(Event.objects.all(), NEWEST, size=3)
    Event.objects.create(
        name="new", at=MIDNIGHT + timedelta(days=1), subject_type="t", subject_id=99
    )
    second = keyset_page(Event.objects.all(), NEWEST, cursor=first.next, size=3)
    assert [row.subject_id for row in second.rows] == [2, 1, 0]


def test_a_cursor_of_a_deleted_row_still_leads_on() -> None:
    make(list(range(4)))
    first = keyset_page(Event.objects.all(), NEWEST, size=2)
    Event.objects.filter(pk=first.rows[-1].pk).delete()
    second = keyset_page(Event.objects.all(), NEWEST, cursor=first.next, size=2)
    assert [row.subject_id for row in second.rows] == [1, 0]


def test_the_deepest_page_reads_no_more_rows_than_the_first(django_assert_num_queries) -> None:
    make(list(range(9)))
    cursor = keyset_page(Event.objects.all(), NEWEST, size=8).next
    with django_assert_num_queries(1) as queries:
        keyset_page(Event.objects.all(), NEWEST, cursor=cursor, size=8)
    assert "OFFSET" not in queries.captured_queries[0]["sql"]


def cursor_of(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%",
        "ü",
        "\0",
        "x" * 10_000,
        cursor_of({}),
        cursor_of([]),
        cursor_of(7),
        cursor_of([0]),
        cursor_of([0, "2026-11-22T00:00:00+00:00"]),
        cursor_of([0, "2026-11-22T00:00:00+00:00", 1, 2]),
        cursor_of([0, "yesterday", 1]),
        cursor_of([0, "2026-11-22T00:00:00+00:00", "one"]),
        cursor_of([0, None, 1]),
        cursor_of([7, "2026-11-22T00:00:00+00:00", 1]),
        cursor_of([[], "2026-11-22T00:00:00+00:00", 1]),
        cursor_of([0, "2026-11-22T00:00:00+00:00", 10**30]),
        cursor_of([0, "9999-12-31T23:59:59+00:00", 1]),
        cursor_of([0, "2026-11-22T00:00:00", 1]),
        cursor_of([0, "2026-11-22T00:00:00+00:00", 1.5]),
        cursor_of([0, {"a": 1}, 1]),
    ],
)
def test_a_garbled_cursor_is_refused_or_harmless(cursor: str) -> None:
    make([1, 2])
    try:
        found = keyset_page(Event.objects.all(), NEWEST, cursor=cursor)
    except BadCursor:
        return
    assert len(found.rows) <= 2


@pytest.mark.parametrize(
    ("ordering", "value"),
    [
        (("sort_name", "id"), "\ud800"),
        (("-amount_spent", "-id"), "1E+200000"),
        (("-amount_spent", "-id"), "-1E-200000"),
        (("-amount_spent", "-id"), "NaN"),
    ],
)
def test_a_value_that_no_column_can_hold_is_refused(ordering: tuple[str, ...], value: str) -> None:
    with pytest.raises(BadCursor):
        keyset_page(Customer.objects.all(), ordering, cursor=cursor_of([0, value, 1]))


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    try:
        keyset_page(Event.objects.none(), NEWEST, cursor=text)
    except BadCursor:
        return


def test_an_address_with_a_cursor_of_another_list_shows_the_first_page(rf: RequestFactory) -> None:
    make([1, 2, 3])
    first = asked_page(rf.get("/"), Event.objects.all(), NEWEST, size=2)
    second = asked_page(rf.get("/", {"cursor": first.next}), Event.objects.all(), NEWEST, size=2)
    assert (len(first.rows), len(second.rows), second.next) == (2, 1, "")
    garbled = asked_page(rf.get("/", {"cursor": "garbage"}), Event.objects.all(), NEWEST, size=2)
    assert garbled == first
