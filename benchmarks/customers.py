"""Search and list of customers at full size: `python -m benchmarks.customers --rows 1000000`.

Search is the whole answer of the list (look-ups, page of 50, reasons, and total) beside the naive
design: `icontains` over the columns of one table, newest first, page and exact `count()`. The list
stands beside a plain list and its exact count, the deepest page beside the first and OFFSET. The
whole HTML page of a search stands beside its query and beside Django's own admin over that table,
and everything beside the same among a tenth of the customers, in a database of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.database import NAME, a_server, use_own_database
from benchmarks.harness import Measurement, Spread, alternate, compare, given_up, report, say
from benchmarks.searching import TERMS, ours

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from customers.models import CustomerSearch

WORST_GOAL = 1 / 20
OLD_ROWS_GOAL = 1 / 10
DEEPEST_GOAL = 1.5
PAGE = 50
# The naive side takes a second or two each time: one round of it goes with so many of ours.
NAIVE_EVERY = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    parser.add_argument("--database", default=NAME, help="is emptied when its size differs")
    asked = parser.parse_args()
    with a_server():
        use_own_database(asked.database)
        found = measure(asked.rows, asked.rounds)
    report(f"Customers, {asked.rows:,} rows", found, json_to=asked.json)


def measure(rows: int, rounds: int) -> list[Measurement]:
    from benchmarks.filling import fill
    from benchmarks.growth import growth
    from benchmarks.search_page import pages

    fill(rows, orders=rows // 10, say=say)
    terms = TERMS | {"full e-mail": _an_email()}
    say("Searching, listing and paging …")
    found = [*searches(terms, rounds), *lists(rounds)]
    # Pages take milliseconds: only many rounds tell two of them apart.
    found += [*paging(rows, rounds * 3), *depth(rounds * 3)]
    found += pages(terms, rounds, every=NAIVE_EVERY)
    return [*found, *growth(rows, TERMS, rounds)]


def searches(terms: dict[str, str], rounds: int) -> list[Measurement]:
    """One line a class of term (p95), and the two the goals are set for."""
    spreads = {
        name: alternate(ours(text=term), _naive(term), rounds=rounds, every=NAIVE_EVERY)
        for name, term in terms.items()
    }
    lines = [_line(f"search: {name}", *pair) for name, pair in spreads.items()]
    shared = [pair for name, pair in spreads.items() if not name.startswith("old")]
    old = [pair for name, pair in spreads.items() if name.startswith("old")]
    lines.append(_worst("search: worst p95", shared, WORST_GOAL))
    lines.append(_worst("search: worst p95, old rows only", old, OLD_ROWS_GOAL))
    return lines


def _line(name: str, ours: Spread, naive: Spread) -> Measurement:
    """Our p95 beside the naive median: of few rounds, a p95 would be the worst one."""
    return given_up(compare(name, _ms(ours.p95), _ms(naive.median)), ours.missed)


def _worst(name: str, spreads: list[tuple[Spread, Spread]], goal: float) -> Measurement:
    ours = max(one.p95 for one, _ in spreads)
    naive = max(one.median for _, one in spreads)
    missed = sum(one.missed for one, _ in spreads)
    return given_up(compare(name, _ms(ours), _ms(naive), goal=goal), missed)


def _ms(seconds: float) -> float:
    return seconds * 1000


def _naive(term: str) -> Callable[[], object]:
    """What one writes on the first day; each word anywhere in any column."""
    from benchmarks.naive import NaiveCustomer

    rows = NaiveCustomer.objects.order_by("-created_at", "-id")
    for word in term.split():
        rows = rows.filter(_anywhere(word))
    return lambda: (list(rows[:PAGE]), rows.count())


def _anywhere(word: str) -> Q:
    from django.db.models import Q

    from orders.models import Order

    if word.startswith("#"):
        orders = Order.objects.filter(name__icontains=word)
        return Q(pk__in=orders.values("customer_id"))
    anywhere = Q()
    columns = ("first_name", "last_name", "email", "phone", "street", "postal_code", "city", "tags")
    for column in columns:
        anywhere |= Q(**{f"{column}__icontains": word})
    return anywhere


def _an_email() -> str:
    from benchmarks.naive import NaiveCustomer

    rows = NaiveCustomer.objects.order_by("id")
    return rows[rows.count() // 2].email


def lists(rounds: int) -> list[Measurement]:
    """Views and filters: a page and its total, beside the plain list and its exact count."""
    from customers.models import Customer

    every = Customer.objects.order_by("-created_at", "-id").with_contact()
    pairs: dict[str, tuple[dict[str, Any], QuerySet[Customer]]] = {
        "all": ({}, every),
        "with account": ({"view": "account"}, every.with_account()),
        "country AT": ({"filters": {"country": "AT"}}, every.filter(country="AT")),
        "a rare tag": ({"filters": {"tag": "pressemuster"}}, _tagged(every, "pressemuster")),
        "by name": ({"sort": "name"}, every.order_by("sort_name", "id")),
    }
    lines = []
    for name, (asked, plain) in pairs.items():
        pair = alternate(ours(**asked), _listed(plain), rounds=rounds, every=NAIVE_EVERY)
        lines.append(_line(f"list: {name} (baseline: list and count)", *pair))
    return lines


def _tagged(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(tags__key=key)


def _listed(rows: QuerySet[Any]) -> Callable[[], object]:
    return lambda: (list(rows[:PAGE]), rows.count())


def paging(rows: int, rounds: int) -> list[Measurement]:
    """The deepest page beside the first one, in each sort; and what OFFSET costs there."""
    from customers.listing import CUSTOMERS

    lines = []
    for name in (sort.name for sort in CUSTOMERS.sorts):
        deepest = ours(sort=name, cursor=_last_cursor(name))
        pair = alternate(deepest, ours(sort=name), rounds=rounds)
        lines.append(_deepest(f"list: deepest page by {name} (baseline: first)", *pair))
    newest = ours(sort="newest", cursor=_last_cursor("newest"))
    deep, offset = alternate(newest, _offset(rows), rounds=rounds, every=NAIVE_EVERY)
    name = "list: deepest page (baseline: OFFSET)"
    lines.append(compare(name, _ms(deep.median), _ms(offset.median)))
    return lines


def _deepest(name: str, deepest: Spread, first: Spread) -> Measurement:
    line = compare(name, _ms(deepest.median), _ms(first.median), goal=DEEPEST_GOAL)
    return given_up(line, deepest.missed)


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


def depth(rounds: int) -> list[Measurement]:
    """Within a search: pages half-way and at the end, of common and of rare words."""
    from customers.models import CustomerSearch

    lines = []
    for term, kind in (("gmail.", "common"), ("xaver", "rare"), ("stammkunde", "a tag")):
        oldest = CustomerSearch.objects.filter(doc__contains=term).order_by("created_at", "pk")
        count = oldest.count()
        # The row that ends the page before; there must be one behind it.
        places = {"half-way": count // 2, "at the end": min(PAGE, count - 1)}
        for place, number in places.items() if count > 1 else ():
            deep = ours(text=term, cursor=_cursor_after(oldest[number], term))
            pair = alternate(deep, ours(text=term), rounds=rounds)
            lines.append(_deepest(f"search, {kind}: page {place} (baseline: first)", *pair))
    return lines


def _cursor_after(row: CustomerSearch, term: str) -> str:
    from core.pagination import page_of
    from customers.search import BEST, NEWEST, OTHER

    kind = BEST if f" {term}" in row.names else OTHER
    return kind + page_of([row], NEWEST, has_next=True, has_previous=False).next


if __name__ == "__main__":
    main()
