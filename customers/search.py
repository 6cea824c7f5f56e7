"""Finding customers by whatever they say: half a name, an address, a number, an order.

Three steps, cheapest first. Exact look-ups by index. Then, for the newest first, a probe of the
newest rows alone: common words fill the page from there. Then a scan by trigrams, fenced off so
that the planner cannot walk the date index in the hope of an early end that only old rows have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.pagination import BadCursor, KeysetPage, page_of, read_cursor
from core.totals import Total, about, rows_in
from customers.models import (
    BadIdentity,
    CustomerSearch,
    ExternalId,
    Identity,
    IdentityKind,
    phone_key,
)
from customers.slots import customer_lookups
from shop.models import Shop

NEWEST = ("-created_at", "-customer_id")
PROBE_ROWS = 4000
LONGEST_TEXT = 200
MOST_WORDS = 8

# Spaces, brackets, slashes and dashes belong to a number as people write it.
PHONE = re.compile(r"(?<![\w@.])(?:\+|\(\+)?\d[\d\s()/.\-]{3,}\d(?![\w@])")
TRUNK_ZERO = re.compile(r"\(0\)")
EDGES = ",;:()\"'#<>"


def words_of(text: str) -> list[str]:
    """The words to look for, not yet folded. A number written in groups is one word of digits."""
    text = " ".join(text.split())[:LONGEST_TEXT]
    phones = [_digits(found) for found in PHONE.findall(text)]
    rest = PHONE.sub(" ", text).split()
    words = [word.strip(EDGES) for word in rest] + phones
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def _digits(number: str) -> str:
    """The part of a number that is the same in every notation: no country prefix signs, no 0."""
    digits = "".join(sign for sign in TRUNK_ZERO.sub("", number) if sign.isdigit())
    return digits.lstrip("0") or digits


def fold(words: list[str]) -> list[str]:
    """Fold words as the search rows are folded. One query."""
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.shop_search_fold(word) FROM unnest(%s::text[]) AS word", [words]
        )
        folded = " ".join(row[0] for row in cursor.fetchall())
    return list(dict.fromkeys(folded.split()))[:MOST_WORDS]


def patterns(folded: list[str]) -> list[str]:
    """LIKE patterns: three letters or more anywhere, fewer at the start of a word.

    Both find their rows by trigrams: the start of a word is one, too.
    """
    escaped = [re.sub(r"([\\%_])", r"\\\1", word) for word in folded]
    return [
        f"%{word}%" if len(plain) >= 3 else f"% {word}%"
        for word, plain in zip(escaped, folded, strict=True)
    ]


def exact(text: str) -> list[int]:
    """Customers with exactly this address, number, foreign id or, say, order number."""
    text = " ".join(text.split())[:LONGEST_TEXT]
    found: set[int] = set()
    if "@" in text:
        found.update(_owners(IdentityKind.EMAIL, text.lower()))
    elif PHONE.fullmatch(text) and len(_digits(text)) >= 6:
        found.update(_by_number(text))
    for look_up in customer_lookups.entries():
        found.update(look_up(text))
    return sorted(found)


def _by_number(text: str) -> list[int]:
    ids = ExternalId.objects.filter(value=text).values_list("customer_id", flat=True)
    try:
        key = phone_key(text, Shop.current().country)
    except BadIdentity:
        return list(ids)
    return [*ids, *_owners(IdentityKind.PHONE, key)]


def _owners(kind: IdentityKind, key: str) -> list[int]:
    owners = Identity.objects.filter(kind=kind, key=key).values_list("customer_id", flat=True)
    return list(owners[:1000])


def newest_page(
    likes: list[str], *, cursor: str = "", size: int = 50
) -> tuple[KeysetPage[CustomerSearch], Total]:
    """One page of hits, newest first, and how many there are in all. Raises BadCursor, TooSlow."""
    backwards, values = read_cursor(cursor, CustomerSearch, NEWEST)
    place = _Place(backwards=backwards, values=values, size=size)
    rows = list(CustomerSearch.objects.raw(_PROBE.format(**place.sql(likes)), place.given(likes)))
    total = _from_probe(rows, place)
    if total is None:
        rows = list(
            CustomerSearch.objects.raw(_SCAN.format(**place.sql(likes)), place.given(likes))
        )
        total = Total(rows[0].hits if rows else 0)  # type: ignore[attr-defined]  # column of the query
    if values and not rows:
        raise BadCursor  # the rows behind it are gone
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    page = page_of(
        rows, NEWEST, has_next=more or backwards, has_previous=more if backwards else bool(values)
    )
    return page, total


def is_common(likes: list[str]) -> bool:
    """Whether the newest rows alone hold more than a page of hits."""
    place = _Place(backwards=False, values=[], size=50)
    found = CustomerSearch.objects.raw(_PROBE.format(**place.sql(likes)), place.given(likes))
    return len(list(found)) > place.size


def among_newest(likes: list[str]) -> list[int]:
    """All hits among the newest rows: what there is to show when a full search took too long."""
    place = _Place(backwards=False, values=[], size=PROBE_ROWS)
    rows = CustomerSearch.objects.raw(_PROBE.format(**place.sql(likes)), place.given(likes))
    return [row.pk for row in rows]


@dataclass(frozen=True)
class _Place:
    """Where in the list to start reading, and which way."""

    backwards: bool
    values: list[Any]
    size: int

    def sql(self, likes: list[str]) -> dict[str, str]:
        sign, direction = (">", "ASC") if self.backwards else ("<", "DESC")
        names = [f"like_{number}" for number in range(len(likes))]
        return {
            "after": f"(created_at, customer_id) {sign} (%(at)s, %(id)s)"
            if self.values
            else "true",
            "likes": " AND ".join(f"doc LIKE %({name})s" for name in names),
            "order": f"created_at {direction}, customer_id {direction}",
        }

    def given(self, likes: list[str]) -> dict[str, Any]:
        values = dict(zip(("at", "id"), self.values, strict=False))
        named = {f"like_{number}": like for number, like in enumerate(likes)}
        return {**named, **values, "probe": PROBE_ROWS, "limit": self.size + 1}


_PROBE = """
WITH newest AS MATERIALIZED (
    SELECT customer_id, created_at, doc FROM customers_customersearch
    WHERE {after} ORDER BY {order} LIMIT %(probe)s
), hit AS MATERIALIZED (SELECT customer_id, created_at FROM newest WHERE {likes})
SELECT customer_id, created_at, (SELECT count(*) FROM hit) AS hits,
       (SELECT count(*) FROM newest) AS seen
FROM hit ORDER BY {order} LIMIT %(limit)s
"""

# No LIMIT inside: the newest hits are known only once all are found.
_SCAN = """
WITH hit AS MATERIALIZED (
    SELECT customer_id, created_at FROM customers_customersearch WHERE {likes}
)
SELECT customer_id, created_at, (SELECT count(*) FROM hit) AS hits
FROM hit WHERE {after} ORDER BY {order} LIMIT %(limit)s
"""


def _from_probe(rows: list[Any], place: _Place) -> Total | None:
    """The total when the probe alone answers, None when all rows must be scanned."""
    if not rows:
        return None
    if rows[0].seen < PROBE_ROWS and not place.values:
        return Total(rows[0].hits)  # there are no other rows
    if len(rows) <= place.size:
        return None
    share = rows[0].hits / rows[0].seen
    return about(max(rows[0].hits, round(share * rows_in(CustomerSearch._meta.db_table))))
