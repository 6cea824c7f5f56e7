"""Search and list of customers at full size: `python -m benchmarks.customers --rows 1000000`.

Search is the whole answer of the list (page of 50, newest first, and total) beside the naive
design: `icontains` over the columns of one table, page and exact `count()`. Paging is the deepest
keyset page beside the first, and OFFSET as the baseline.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks.database import NAME, use_own_database
from benchmarks.harness import Measurement, Spread, alternate, compare, report

WORST_GOAL = 1 / 20
OLD_ROWS_GOAL = 1 / 10
DEEPEST_GOAL = 1.5
PAGE = 50

# Class of term, and the term. "old rows": carried by the oldest tenth of the rows only.
TERMS = {
    "2 letters, common": "an",
    "2 letters, mid": "mu",
    "2 letters, none": "qx",
    "3 letters, common": "ann",
    "3 letters, rare": "dvo",
    "6 letters, common": "gmail.",
    "6 letters, mid": "schmid",
    "6 letters, none": "qwxzqy",
    "12 letters, common": "@t-online.de",
    "12 letters, none": "grubenschacht",
    "common trigrams, none": "annmail.comer",
    "two words": "jana müller",
    "full e-mail": "",
    "old rows, one name": "xylander",
    "old rows, two words": "kunigunde xylander",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    parser.add_argument("--database", default=NAME, help="is emptied when its size differs")
    asked = parser.parse_args()
    use_own_database(asked.database)
    from benchmarks.filling import fill

    fill(asked.rows, say=lambda line: print(line, file=sys.stderr))
    # Pages take milliseconds: only many rounds tell two of them apart.
    found = [*searches(asked.rounds), *paging(asked.rows, asked.rounds * 10)]
    report(f"Customers, {asked.rows:,} rows", found, json_to=asked.json)


def searches(rounds: int) -> list[Measurement]:
    """One line a class of term (p95), and the two the goals are set for."""
    terms = TERMS | {"full e-mail": _an_email()}
    spreads = {
        name: alternate(_ours(term), _naive(term), rounds=rounds) for name, term in terms.items()
    }
    lines = [
        compare(f"search: {name}", _p95(ours), _p95(naive))
        for name, (ours, naive) in spreads.items()
    ]
    shared = [pair for name, pair in spreads.items() if not name.startswith("old")]
    old = [pair for name, pair in spreads.items() if name.startswith("old")]
    lines.append(_worst("search: worst p95", shared, WORST_GOAL))
    lines.append(_worst("search: worst p95, old rows only", old, OLD_ROWS_GOAL))
    return lines


def _worst(name: str, spreads: list[tuple[Spread, Spread]], goal: float) -> Measurement:
    ours = max(_p95(one) for one, _ in spreads)
    naive = max(_p95(one) for _, one in spreads)
    return compare(name, ours, naive, goal=goal)


def _p95(spread: Spread) -> float:
    return spread.p95 * 1000


def _ours(term: str) -> Callable[[], object]:
    from core.listing import Asked
    from customers.listing import CUSTOMERS

    user = _somebody()
    return lambda: CUSTOMERS.read(Asked(text=term), user=user)


def _naive(term: str) -> Callable[[], object]:
    """What one writes on the first day; each word anywhere in any column."""
    from django.db.models import Q

    from benchmarks.naive import NaiveCustomer

    rows = NaiveCustomer.objects.order_by("-created_at", "-id")
    for word in term.split():
        columns = ("first_name", "last_name", "email", "phone", "city")
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(anywhere)
    return lambda: (list(rows[:PAGE]), rows.count())


def _an_email() -> str:
    from benchmarks.naive import NaiveCustomer

    rows = NaiveCustomer.objects.order_by("id")
    return rows[rows.count() // 2].email


def _somebody() -> object:
    from accounts.models import User

    return User(kind="staff", role="agent", email="agent@desk.example")


def paging(rows: int, rounds: int) -> list[Measurement]:
    """The deepest page beside the first one, in each sort; and what OFFSET costs there."""
    from customers.listing import CUSTOMERS

    lines = []
    for name in (sort.name for sort in CUSTOMERS.sorts):
        deepest, first = alternate(_page(name, _last_cursor(name)), _page(name, ""), rounds=rounds)
        line = f"list: deepest page by {name} (baseline: first)"
        lines.append(compare(line, deepest.median * 1000, first.median * 1000, goal=DEEPEST_GOAL))
    deep, offset = alternate(_page("newest", _last_cursor("newest")), _offset(rows), rounds=rounds)
    name = "list: deepest page (baseline: OFFSET)"
    lines.append(compare(name, deep.median * 1000, offset.median * 1000))
    return lines


def _page(sort: str, cursor: str) -> Callable[[], object]:
    from core.listing import Asked
    from customers.listing import CUSTOMERS

    user = _somebody()
    return lambda: CUSTOMERS.read(Asked(sort=sort, cursor=cursor), user=user)


def _last_cursor(sort: str) -> str:
    """The cursor in front of the very last page: that of a row near the list's end."""
    from core.listing import Asked
    from core.pagination import page_of
    from customers.listing import CUSTOMERS
    from customers.models import Customer

    ordering = CUSTOMERS.ordering(Asked(sort=sort))
    turned = CUSTOMERS.ordering(Asked(sort=f"-{sort}"))
    near_end = Customer.objects.order_by(*turned)[PAGE]
    return page_of([near_end], ordering, has_next=True, has_previous=False).next


def _offset(rows: int) -> Callable[[], object]:
    from customers.models import Customer

    newest = Customer.objects.order_by("-created_at", "-id").with_contact()
    return lambda: list(newest[rows - PAGE : rows])


if __name__ == "__main__":
    main()
