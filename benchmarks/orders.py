"""The orders' list at full size: `python -m benchmarks.orders --rows 1000000`.

Tabs, search and depth: the whole answer of the list (page of 50 and total) beside a plain list of
the same rows, searched by `icontains` over everything that people search for, with exact `count()`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.database import a_server, use_own_database
from benchmarks.harness import (
    GaveUp,
    Measurement,
    Spread,
    alternate,
    compare,
    given_up,
    report,
    say,
)

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

NAME = "shopdesk_benchmark_orders"
DEEPEST_GOAL = 1.5
PAGE = 50
# The naive side may take seconds: one round of it goes with so many of ours.
NAIVE_EVERY = 5
ORDERS_PER_CUSTOMER = 4
TERMS = {
    "number": "#1042",
    "number, none": "99999999",
    "tracking number": "00340434000000000042",
    "e-mail, beginning": "anna.m",
    "e-mail, none": "nobody@nowhere.example",
    "name, common": "müller",
    "name, rare": "ypsilanti",
    "name, old rows": "xylander",
    "name, none": "qwxzqy",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="orders")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    parser.add_argument("--database", default=NAME, help="is emptied when its size differs")
    asked = parser.parse_args()
    with a_server():
        use_own_database(asked.database)
        found = measure(asked.rows, asked.rounds)
    report(f"Orders, {asked.rows:,} rows", found, json_to=asked.json)


def measure(rows: int, rounds: int) -> list[Measurement]:
    from benchmarks.filling import fill

    fill(rows // ORDERS_PER_CUSTOMER, orders=rows, say=say)
    say("Tabs, searches and pages …")
    return [*tabs(rounds), *searches(rounds), *paging(rows, rounds * 3)]


def tabs(rounds: int) -> list[Measurement]:
    """p95 of each tab beside the median of a plain list and its exact count."""
    from orders.listing import VIEWS

    lines = []
    for view in VIEWS:
        plain = view.rows(_plain()) if view.rows else _plain()
        pair = alternate(_ours(view=view.name), _listed(plain), rounds=rounds, every=NAIVE_EVERY)
        lines.append(_line(f"tab: {view.name}", *pair))
    return lines


def searches(rounds: int) -> list[Measurement]:
    lines = []
    for name, term in TERMS.items():
        naive = _listed(_plain().filter(_anywhere(term)))
        pair = alternate(_ours(text=term), naive, rounds=rounds, every=NAIVE_EVERY)
        lines.append(_line(f"search: {name}", *pair))
    return lines


def paging(rows: int, rounds: int) -> list[Measurement]:
    """The deepest page beside the first one, in each sort; and what OFFSET costs there."""
    from orders.listing import ORDERS

    lines = []
    for name in (sort.name for sort in ORDERS.sorts):
        deepest = _ours(sort=name, cursor=_last_cursor(name))
        deep, first = alternate(deepest, _ours(sort=name), rounds=rounds)
        line = f"list: deepest page by {name} (baseline: first)"
        goal = compare(line, deep.median * 1000, first.median * 1000, goal=DEEPEST_GOAL)
        lines.append(given_up(goal, deep.missed))
    newest, plain = _ours(cursor=_last_cursor("newest")), _plain()
    deep, offset = alternate(
        newest, lambda: list(plain[rows - PAGE : rows]), rounds=rounds, every=NAIVE_EVERY
    )
    name = "list: deepest page (baseline: OFFSET)"
    return [*lines, compare(name, deep.median * 1000, offset.median * 1000)]


def _line(name: str, ours: Spread, naive: Spread) -> Measurement:
    return given_up(compare(name, ours.p95 * 1000, naive.median * 1000), ours.missed)


def _ours(**asked: Any) -> Callable[[], object]:
    from accounts.models import User
    from core.listing import Asked
    from orders.listing import ORDERS

    user = User(kind="staff", role="agent", email="agent@desk.example")

    def read() -> None:
        listing = ORDERS.read(Asked(**asked), user=user)
        if listing.is_too_slow:
            raise GaveUp
        assert not listing.is_bad_cursor

    return read


def _plain() -> QuerySet[Any]:
    from orders.models import Order

    return Order.objects.order_by("-placed_at", "-id").with_people()


def _listed(rows: QuerySet[Any]) -> Callable[[], object]:
    return lambda: (list(rows[:PAGE]), rows.count())


def _anywhere(term: str) -> Q:
    """What one writes on the first day."""
    from django.db.models import Q

    from orders.models import Parcel

    parcels = Parcel.objects.filter(number__icontains=term)
    anywhere = Q(pk__in=parcels.values("order_id"))
    for column in ("name", "email", "customer__first_name", "customer__last_name"):
        anywhere |= Q(**{f"{column}__icontains": term})
    return anywhere


def _last_cursor(sort: str) -> str:
    """The cursor in front of the very last page: that of a row near the list's end."""
    from core.listing import Asked
    from core.pagination import page_of
    from orders.listing import ORDERS
    from orders.models import Order

    ordering = ORDERS.ordering(Asked(sort=sort))
    turned = ORDERS.ordering(Asked(sort=f"-{sort}"))
    near_end = Order.objects.order_by(*turned)[PAGE]
    return page_of([near_end], ordering, has_next=True, has_previous=False).next


if __name__ == "__main__":
    main()
