"""The customers' list: views, sorts, filters, totals and pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from core import totals
from core.listing import Asked
from customers.listing import CUSTOMERS, CustomerList
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

NOW = timezone.now()
SORTS = [sort.name for sort in CUSTOMERS.sorts]


@pytest.fixture
def three(db: None) -> None:
    """Ann has spent most, Bea ordered most often, Cleo is the newest and never ordered."""
    CustomerFactory(
        first_name="Ann",
        last_name="Zorn",
        created_at=NOW - timedelta(days=3),
        account_state="enabled",
        amount_spent=Decimal("900.50"),
        orders_count=1,
        last_order_at=NOW - timedelta(days=9),
        email_consent="SUBSCRIBED",
    ).add_address(by=None, city="Graz", country="AT")
    bea = CustomerFactory(
        first_name="Bea",
        last_name="Öhler",
        created_at=NOW - timedelta(days=2),
        account_state="invited",
        amount_spent=Decimal("50.00"),
        orders_count=7,
        last_order_at=NOW - timedelta(days=1),
    )
    bea.tag("VIP", by=None)
    CustomerFactory(first_name="Cleo", last_name="Adam", created_at=NOW - timedelta(days=1))


def names(user: User, **asked: object) -> str:
    rows = CUSTOMERS.read(Asked(**asked), user=user).page.rows  # type: ignore[arg-type]
    return " ".join(customer.first_name for customer in rows)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "Cleo Bea Ann"),
        ("newest", "Cleo Bea Ann"),
        ("-newest", "Ann Bea Cleo"),
        ("name", "Cleo Bea Ann"),
        ("-name", "Ann Bea Cleo"),
        ("spent", "Ann Bea Cleo"),
        ("orders", "Bea Ann Cleo"),
        ("last_order", "Bea Ann Cleo"),
        ("no such sort", "Cleo Bea Ann"),
    ],
)
def test_the_list_is_sorted(sort: str, order: str, three: None, agent: User) -> None:
    assert names(agent, sort=sort) == order


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("all", "Cleo Bea Ann"),
        ("account", "Ann"),
        ("invited", "Bea"),
        ("no-account", "Cleo"),
        ("newest", "Cleo Bea Ann"),
        ("no such view", "Cleo Bea Ann"),
    ],
)
def test_a_view_narrows_the_list_down(view: str, shown: str, three: None, agent: User) -> None:
    assert names(agent, view=view) == shown


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({"account": "enabled"}, "Ann"),
        ({"subscription": "SUBSCRIBED"}, "Ann"),
        ({"country": "AT"}, "Ann"),
        ({"tag": "vip"}, "Bea"),
        ({"orders_min": 1}, "Bea Ann"),
        ({"orders_max": 1}, "Cleo Ann"),
        ({"spent_min": Decimal(50), "spent_max": Decimal(100)}, "Bea"),
        ({"account": "disabled"}, ""),
        ({"account": "held"}, ""),
    ],
)
def test_filters_narrow_down_with_and_without_a_text(
    filters: dict[str, object], shown: str, three: None, agent: User
) -> None:
    assert names(agent, filters=filters) == shown
    assert names(agent, filters=filters, text="example") == shown


def test_who_is_not_staff_sees_nobody(three: None, customer: object) -> None:
    assert names(customer.user) == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_paging_in_any_sort_meets_everybody_once(
    sort: str, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerList, "page_size", 2)
    for number in range(5):
        CustomerFactory(last_name="Same", amount_spent=number // 2)
    asked, met = Asked(sort=sort), []
    while True:
        page = CUSTOMERS.read(asked, user=agent).page
        met += [row.pk for row in page.rows]
        if not page.next:
            break
        asked = Asked(sort=sort, cursor=page.next)
    assert len(met) == 5
    assert len(set(met)) == 5
    before = CUSTOMERS.read(Asked(sort=sort, cursor=page.previous), user=agent).page
    assert [row.pk for row in before.rows] == met[2:4]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "e30",
        "WzAsMV0",
        "WzAsIjIwMjYtMDEtMDEiLCJ4Il0",
        "WzAsbnVsbCxudWxsXQ",
        "WzAsICIyMDI2LTExLTIyVDEwOjAwOjAwKzAwOjAwIiwgIjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0",
        "é" * 500,
    ],
)
@pytest.mark.parametrize("text", ["", "example"])
@pytest.mark.parametrize("sort", sorted(SORTS))
def test_a_foreign_cursor_never_breaks_the_list(
    cursor: str, text: str, sort: str, three: None, agent: User
) -> None:
    CUSTOMERS.read(Asked(text=text, sort=sort, cursor=cursor), user=agent)


def test_a_foreign_cursor_shows_the_first_page_and_says_so(three: None, agent: User) -> None:
    shown = CUSTOMERS.read(Asked(cursor="x"), user=agent)
    assert (len(shown.page.rows), shown.is_bad_cursor) == (3, True)


@pytest.mark.parametrize("text", ["", "example"])
def test_behind_the_last_row_the_list_starts_anew(
    text: str, three: None, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerList, "page_size", 2)
    cursor = CUSTOMERS.read(Asked(text=text), user=agent).page.next
    for row in CUSTOMERS.read(Asked(text=text, cursor=cursor), user=agent).page.rows:
        row.delete()
    shown = CUSTOMERS.read(Asked(text=text, cursor=cursor), user=agent)
    assert (len(shown.page.rows), shown.is_bad_cursor, shown.total.number) == (2, True, 2)


class TestTotals:
    def test_small_numbers_are_exact(self, three: None, agent: User) -> None:
        total = CUSTOMERS.read(Asked(), user=agent).total
        assert (total.number, total.is_about) == (3, False)

    def test_large_numbers_are_about(
        self, three: None, agent: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(totals, "COUNTED_TO", 1)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customers_customer")
        total = CUSTOMERS.read(Asked(), user=agent).total
        assert (total.number, total.is_about) == (3, True)
        narrowed = CUSTOMERS.read(Asked(filters={"orders_min": 0}), user=agent).total
        assert narrowed.is_about
