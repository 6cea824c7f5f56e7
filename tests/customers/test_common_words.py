"""A common word that the newest customers lack: they are passed by, not all its hits collected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.listing import Asked, Listing
from core.totals import Total
from customers import search
from customers.listing import CUSTOMERS, CustomerList
from customers.models import Customer, Tag, Tagging
from customers.search_rows import refresh_search

if TYPE_CHECKING:
    from accounts.models import User

# Of a hundred rows and more the planner has statistics.
GUESTS = 60
REGULARS = 60
REGULAR_NAMES = [f"R{number}" for number in range(REGULARS)]


@pytest.fixture(autouse=True)
def guests_before_regulars(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two, and a window that sees guests alone."""
    monkeypatch.setattr(search, "WINDOW_ROWS", 4)
    monkeypatch.setattr(CustomerList, "page_size", 2)
    monkeypatch.setattr(search, "MANY_HITS", REGULARS // 2)
    start = timezone.now() - timedelta(days=1)
    customers = Customer.objects.bulk_create(
        Customer(first_name=name, created_at=start - timedelta(minutes=age))
        for age, name in enumerate([f"G{n}" for n in range(GUESTS)] + REGULAR_NAMES)
    )
    tag("Stammkunde", customers[GUESTS:])
    refresh_search([one.pk for one in customers[:GUESTS]])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customersearch")


def tag(name: str, customers: list[Customer]) -> None:
    given = Tag.objects.create(name=name, key=name.lower())
    Tagging.objects.bulk_create(Tagging(customer=one, tag=given) for one in customers)
    refresh_search([one.pk for one in customers])


def asked(user: User, text: str = "stammkunde") -> tuple[Listing[Customer], list[str]]:
    """The answer, and where hits were looked for: W for a walk, C for collecting them all."""
    looked: list[str] = []

    def note(run: Any, sql: str, *given: Any) -> Any:
        if "AS walked" in sql:
            looked.append("W")
        elif "WITH hit AS" in sql:
            looked.append("C")
        return run(sql, *given)

    with connection.execute_wrapper(note):
        return CUSTOMERS.read(Asked(text=text), user=user), looked


def names(listing: Listing[Customer]) -> list[str]:
    return [customer.first_name for customer in listing.page.rows]


def test_it_is_walked_to(agent: User) -> None:
    listing, looked = asked(agent)
    assert names(listing) == ["R0", "R1"]
    # Who is called so comes first, and these few are collected.
    assert looked == ["C", "W"]
    assert listing.page.next


def test_its_total_is_about_what_the_planner_expects(agent: User) -> None:
    listing, _ = asked(agent)
    assert listing.total.is_about
    assert REGULARS / 2 <= listing.total.number <= REGULARS * 1.5


@pytest.mark.parametrize(
    ("walked", "looked"), [(GUESTS + 2, ["C", "W", "C"]), (GUESTS + 3, ["C", "W"])]
)
def test_a_walk_that_does_not_fill_the_page_was_in_vain(
    walked: int, looked: list[str], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_WALKED", walked)
    listing, done = asked(agent)
    assert (names(listing), done) == (["R0", "R1"], looked)


@pytest.mark.parametrize(("each", "looked"), [(1, ["C", "W", "C"]), (2, ["C", "W"])])
def test_the_walk_is_as_long_as_collecting_would_take(
    each: int, looked: list[str], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WALKED_EACH", each)
    listing, done = asked(agent)
    assert (names(listing), done) == (["R0", "R1"], looked)


def test_few_hits_are_collected_and_counted(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MANY_HITS", GUESTS + REGULARS)
    listing, looked = asked(agent)
    assert (names(listing), looked) == (["R0", "R1"], ["C"])
    assert (listing.total.number, listing.total.is_about) == (REGULARS, False)


@pytest.mark.parametrize("both", [[], ["R5"], ["R5", "R6"]])
def test_what_was_looked_through_to_the_end_is_counted(
    both: list[str], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two common words the planner expects that many have both, and hardly anybody does."""
    monkeypatch.setattr(search, "MANY_HITS", 5)
    with_it = Q(first_name__startswith="G") | Q(first_name__in=both)
    tag("Neukunde", list(Customer.objects.filter(with_it)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customersearch")
    listing, looked = asked(agent, "stammkunde neukunde")
    assert "W" in looked
    assert (names(listing), listing.total) == (both, Total(len(both)))


def test_the_planner_is_asked_once_for_each_class(agent: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        CUSTOMERS.read(Asked(text="stammkunde"), user=agent)
    asked_for = [query["sql"] for query in queries if query["sql"].startswith("EXPLAIN")]
    assert (len(asked_for), len(set(asked_for))) == (2, 2)
