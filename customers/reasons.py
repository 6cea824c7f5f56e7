"""Why a search found somebody, where their row in the list does not show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.utils.html import format_html_join
from django.utils.translation import gettext

from customers.levels import reached_at
from customers.models import Identity

if TYPE_CHECKING:
    from customers.models import Customer
    from customers.search_terms import Wanted

# What the list's row shows, and then what else there is, by how much it says. Of an address or
# number its proof comes along: it is shown with its level.
_UNSEEN = """
WITH chosen AS (
    SELECT id, concat_ws(' ', first_name, last_name) AS full_name, company, city
    FROM customers_customer WHERE id = ANY(%(ids)s)
), said (id, rank, what, text, proof, proved_at, signed_in_at) AS (
    SELECT c.id, 0, 'seen', concat_ws(' ', coalesce(nullif(c.full_name, ''), c.company), c.city),
        '', NULL::timestamptz, NULL::timestamptz
    FROM chosen c
    UNION ALL SELECT i.customer_id, CASE WHEN is_primary AND (kind = 'email' OR NOT EXISTS (
            SELECT 1 FROM customers_identity e WHERE e.customer_id = i.customer_id
            AND e.kind = 'email' AND e.is_primary)) THEN 0 ELSE 1 END, kind, i.key,
        i.proof, i.proved_at, i.signed_in_at
    FROM customers_identity i WHERE i.customer_id = ANY(%(ids)s)
    UNION ALL SELECT c.id, 2, 'company', c.company, '', NULL, NULL
    FROM chosen c WHERE c.company <> ''
    UNION ALL SELECT a.customer_id, 3, 'address',
        concat_ws(', ', nullif(trim(concat_ws(' ', street, extra)), ''),
                  nullif(trim(concat_ws(' ', postal_code, city)), '')), '', NULL, NULL
    FROM customers_address a WHERE a.customer_id = ANY(%(ids)s)
    UNION ALL SELECT g.customer_id, 4, 'tag', t.name, '', NULL, NULL
    FROM customers_tagging g JOIN customers_tag t ON t.id = g.tag_id
    WHERE g.customer_id = ANY(%(ids)s)
), folded AS MATERIALIZED (
    SELECT said.*, public.shop_fold(text) AS plain FROM said
), spelt AS MATERIALIZED (
    SELECT f.id, rank, what, text, proof, proved_at, signed_in_at,
        concat(' ', plain, ' ', public.shop_collapse(plain), ' ', translate(
            plain || ' ' || public.shop_collapse(plain), '.@_-+&/,;:()"''', '              ')
        ) AS plain FROM folded f
)
SELECT DISTINCT ON (s.id, wanted.word)
    s.id, s.rank, s.what, s.text, s.proof, s.proved_at, s.signed_in_at
FROM spelt s JOIN unnest(%(words)s::int[], %(likes)s::text[]) AS wanted (word, pattern)
    ON s.plain LIKE wanted.pattern
ORDER BY s.id, wanted.word, s.rank, length(s.text), s.text
"""


class Reason(NamedTuple):
    """What of a customer a word was found in."""

    customer_id: int
    rank: int
    what: str
    text: str
    proof: str
    proved_at: datetime | None
    signed_in_at: datetime | None

    @property
    def in_words(self) -> str:
        if self.what == "tag":
            return gettext("Tag: %(name)s") % {"name": self.text}
        if self.what == "company":
            return gettext("Company: %(name)s") % {"name": self.text}
        return reached_at(self.identity) if self.proof else self.text

    @property
    def identity(self) -> Identity:
        return Identity(
            kind=self.what,
            value=self.text,
            proof=self.proof,
            proved_at=self.proved_at,
            signed_in_at=self.signed_in_at,
        )


def give_reasons(customers: list[Customer], wanted: Wanted, *, known: Mapping[int, str]) -> None:
    """Write `why` and `is_sure` on customers that were found. `known`: who is meant exactly."""
    unseen = _unseen([one.pk for one in customers], wanted)
    for one in customers:
        reasons = [known[one.pk]] if known.get(one.pk) else unseen.get(one.pk, [])
        one.why = format_html_join(" · ", "{}", ((each,) for each in dict.fromkeys(reasons)))
        one.is_sure = one.pk in known or not reasons


def _unseen(ids: list[int], wanted: Wanted) -> dict[int, list[str]]:
    if not ids or not wanted.words:
        return {}
    pairs = [(number, like) for number, likes in enumerate(wanted.likes) for like in likes]
    numbers, likes = zip(*pairs, strict=True)
    given = {"ids": ids, "words": list(numbers), "likes": list(likes)}
    with connection.cursor() as cursor:
        cursor.execute(_UNSEEN, given)
        return _by_customer(Reason(*row) for row in cursor.fetchall())


def _by_customer(reasons: Iterable[Reason]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for reason in reasons:
        if reason.rank:
            found.setdefault(reason.customer_id, []).append(reason.in_words)
    return found
