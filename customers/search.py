"""Finding customers by whatever they say: half a name, an address, a number, an order.

Who is called by the words comes first, then whoever carries them elsewhere; both newest first.

Cheapest first. Exact look-ups by index (`customers.exact_hits`). Then a window of the newest rows
alone: common words fill the page from there. Then a scan by trigrams, fenced off so that the
planner cannot walk the date index in the hope of an early end that only old rows have. Of words so
common that collecting all their hits takes long, although the newest rows lack them, that index is
walked after all, until the page is full, and no further than collecting would have been cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.db import connection

from core.pagination import BadCursor, KeysetPage, page_of, read_cursor
from core.totals import Total, about, rows_in
from customers.models import CustomerSearch

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.search_terms import Wanted

NEWEST = ("-created_at", "-customer_id")
WINDOW_ROWS = 4000
# So many hits, as the planner expects them, take a tenth of a second to collect.
MANY_HITS = 40_000
# Walking so many rows takes as long as collecting one hit; and in no case more than these.
WALKED_EACH = 4
MOST_WALKED = 256_000
# In front of a cursor: whether its row was among the best.
BEST, OTHER = "b.", "o."


def page_of_hits(
    wanted: Wanted, *, cursor: str = "", size: int = 50
) -> tuple[KeysetPage[CustomerSearch], Total]:
    """One page of hits, the best first, and how many there are in all.

    Raises BadCursor, TooSlow.
    """
    place = _Place.read(cursor, size)
    rows, total = _hits(wanted, place)
    if place.values and not rows:
        raise BadCursor  # the rows behind it are gone
    more = len(rows) > size
    rows = rows[:size]
    if place.backwards:
        rows.reverse()
    has_previous = more if place.backwards else bool(place.values)
    page = page_of(rows, NEWEST, has_next=more or place.backwards, has_previous=has_previous)
    return _with_classes(page), total


def _with_classes(page: KeysetPage[CustomerSearch]) -> KeysetPage[CustomerSearch]:
    return replace(
        page,
        next=page.next and _class_of(page.rows[-1]) + page.next,
        previous=page.previous and _class_of(page.rows[0]) + page.previous,
    )


def _class_of(row: CustomerSearch) -> str:
    return BEST if row.is_best else OTHER  # type: ignore[attr-defined]  # column of the query


def hits_in_order(wanted: Wanted) -> QuerySet[CustomerSearch]:
    """All hits as `page_of_hits` shows them page by page: the best first, both newest first."""
    condition, values = wanted.where()
    best, best_values = wanted.where_best()
    hits = CustomerSearch.objects.extra(  # noqa: S610 -- placeholders
        select={"is_best": best}, select_params=best_values, where=[condition], params=values
    )
    return hits.order_by("-is_best", *NEWEST)


def is_common(wanted: Wanted) -> bool:
    """Whether the newest rows alone hold more than a page of hits."""
    place = _Place(size=50)
    return _Window.look(wanted, place).hits > place.size


def finds_anybody(wanted: Wanted) -> bool:
    """Common words are met among the newest rows; only others are looked for in all."""
    place = _Place(size=1)
    return bool(wanted) and (_Window.look(wanted, place).hits > 0 or bool(place.ask(_ALL, wanted)))


def among_newest(wanted: Wanted) -> list[int]:
    """All hits among the newest rows: what there is to show when a full search took too long."""
    window = _Window.look(wanted, _Place(size=WINDOW_ROWS))
    return [row.pk for row in [*window.best, *window.others]]


@dataclass(frozen=True)
class _Place:
    """Where in the list to start reading, and which way; without values at its very end."""

    size: int
    backwards: bool = False
    values: tuple[Any, ...] = ()
    is_best: bool = True

    @classmethod
    def read(cls, cursor: str, size: int) -> Self:
        if not cursor:
            return cls(size)
        if cursor[:2] not in (BEST, OTHER):
            raise BadCursor
        backwards, values = read_cursor(cursor[2:], CustomerSearch, NEWEST)
        return cls(size, backwards, tuple(values), is_best=cursor.startswith(BEST))

    @property
    def rest(self) -> list[_Place]:
        """This place, and the beginning of the other class where it follows."""
        follows = self.is_best != self.backwards
        return [self, replace(self, values=(), is_best=not self.is_best)] if follows else [self]

    def sql(self, wanted: Wanted) -> dict[str, str]:
        sign, direction = (">", "ASC") if self.backwards else ("<", "DESC")
        order = f"created_at {direction}, customer_id {direction}"
        place = "created_at, customer_id"
        return {
            "hit": wanted.hit,
            "best": wanted.best,
            "after": f"({place}) {sign} (%(at)s, %(id)s)" if self.values else "true",
            "after_best": f"(is_best, {place}) {sign} (%(is_best)s, %(at)s, %(id)s)"
            if self.values
            else "true",
            "order": order,
            "order_best": f"is_best {direction}, {order}",
            "class": wanted.best if self.is_best else f"{wanted.hit} AND NOT {wanted.best}",
        }

    def given(self, wanted: Wanted) -> dict[str, Any]:
        values = dict(zip(("at", "id"), self.values, strict=False))
        numbers = {"window": WINDOW_ROWS, "limit": self.size + 1, "is_best": self.is_best}
        return {**wanted.values, **values, **numbers}

    def ask(self, statement: str, wanted: Wanted, **numbers: int) -> list[Any]:
        sql = statement.format(**self.sql(wanted))
        return list(CustomerSearch.objects.raw(sql, {**self.given(wanted), **numbers}))

    def of_class(self, wanted: Wanted, expected: _Expected) -> list[Any]:
        """Walked to where that is likely to pay; else all hits of the class are collected."""
        many = expected.best if self.is_best else expected.hits
        if many > MANY_HITS:
            rows = self.ask(_WALK, wanted, walked=min(WALKED_EACH * many, MOST_WALKED))
            if len(rows) > self.size:
                return rows
        return self.ask(_CLASS, wanted)


_WINDOW = """
WITH newest AS MATERIALIZED (
    SELECT customer_id, created_at, doc, names FROM customers_customersearch
    WHERE {after} ORDER BY {order} LIMIT %(window)s
), hit AS MATERIALIZED (
    SELECT customer_id, created_at, {best} AS is_best FROM newest WHERE {hit}
), counted AS MATERIALIZED (
    SELECT (SELECT count(*) FROM hit) AS hits, (SELECT count(*) FROM newest) AS seen
)
(SELECT * FROM hit, counted WHERE is_best ORDER BY {order} LIMIT %(limit)s)
UNION ALL
(SELECT * FROM hit, counted WHERE NOT is_best ORDER BY {order} LIMIT %(limit)s)
"""

# No LIMIT inside: the newest hits are known only once all are found.
_ALL = """
WITH hit AS MATERIALIZED (
    SELECT customer_id, created_at, {best} AS is_best FROM customers_customersearch WHERE {hit}
)
SELECT customer_id, created_at, is_best, (SELECT count(*) FROM hit) AS hits
FROM hit WHERE {after_best} ORDER BY {order_best} LIMIT %(limit)s
"""
# A LIMIT inside, and nothing between that collects: rows are read until there are enough.
_WALK = """
SELECT customer_id, created_at, %(is_best)s AS is_best FROM (
    SELECT customer_id, created_at, doc, names FROM customers_customersearch
    WHERE {after} ORDER BY {order} LIMIT %(walked)s
) AS walked
WHERE {class} ORDER BY {order} LIMIT %(limit)s
"""
_CLASS = """
WITH hit AS MATERIALIZED (
    SELECT customer_id, created_at FROM customers_customersearch WHERE {class}
)
SELECT customer_id, created_at, %(is_best)s AS is_best
FROM hit WHERE {after} ORDER BY {order} LIMIT %(limit)s
"""


@dataclass(frozen=True)
class _Window:
    """The hits among some thousand rows in the order of their dates."""

    best: list[CustomerSearch]
    others: list[CustomerSearch]
    hits: int
    seen: int

    @classmethod
    def look(cls, wanted: Wanted, place: _Place) -> Self:
        rows = place.ask(_WINDOW, wanted)
        best = [row for row in rows if row.is_best]
        hits, seen = (rows[0].hits, rows[0].seen) if rows else (0, WINDOW_ROWS)
        return cls(best, rows[len(best) :], hits, seen)

    @property
    def is_last(self) -> bool:
        """There are no rows behind it."""
        return self.seen < WINDOW_ROWS

    @property
    def total(self) -> Total:
        share = self.hits / self.seen
        return about(max(self.hits, round(share * rows_in(CustomerSearch._meta.db_table))))


def _hits(wanted: Wanted, place: _Place) -> tuple[list[CustomerSearch], Total]:
    """One row more than the page holds, in the direction of reading."""
    window = _Window.look(wanted, place)
    if window.is_last and not place.values:
        return [*window.best, *window.others][: place.size + 1], Total(window.hits)
    first = window if window.hits > place.size or not place.values else _first(wanted, place)
    expected = _Expected(wanted)
    if window.hits > place.size or (window.is_last and first.hits > place.size):
        return _common(wanted, place, window, expected=expected), first.total
    if expected.hits > MANY_HITS:
        found = _common(wanted, place, window, expected=expected)
        # Less than a page from the start: the walk was in vain, and these are all.
        are_all = not place.values and len(found) <= place.size
        return found, Total(len(found)) if are_all else about(expected.hits)
    rows = place.ask(_ALL, wanted)
    return rows, Total(rows[0].hits if rows else 0)


@dataclass(frozen=True)
class _Expected:
    """How many rows there are by the planner's statistics alone: at least one."""

    wanted: Wanted

    @cached_property
    def hits(self) -> int:
        return self._ask(self.wanted.hit)

    @cached_property
    def best(self) -> int:
        return self._ask(self.wanted.best)

    def _ask(self, condition: str) -> int:
        statement = f"EXPLAIN (FORMAT JSON) SELECT FROM customers_customersearch WHERE {condition}"
        with connection.cursor() as cursor:
            cursor.execute(statement, self.wanted.values)
            [plan] = cursor.fetchone()[0]
        return int(plan["Plan"]["Plan Rows"])


def _first(wanted: Wanted, place: _Place) -> _Window:
    """At the end of the list few hits are left of common words, too."""
    return _Window.look(wanted, _Place(place.size))


def _common(
    wanted: Wanted, place: _Place, window: _Window, *, expected: _Expected
) -> list[CustomerSearch]:
    """Class by class, each from a window where that suffices."""
    rows: list[CustomerSearch] = []
    for part in place.rest:
        if len(rows) > place.size:
            break
        if part.values != place.values:
            window = _Window.look(wanted, part)
        found = window.best if part.is_best else window.others
        enough = len(rows) + len(found) > place.size or window.is_last
        rows += found if enough else part.of_class(wanted, expected)
    return rows[: place.size + 1]
