"""Finding customers who may be one person: among all at night, or those like one, at once.

The same phone, or the same address and a similar name. What many share tells nothing: the number of
a call centre, the house of a hundred flats.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from customers.duplicates.models import LikelyPair
from customers.models import Customer

MOST_AT_A_PHONE, MOST_AT_AN_ADDRESS = 10, 40
# Of 1 (pg_trgm): "Jana Müller" and "J. Mueller" are that similar, "Jana" and "Jonas Müller" not.
SIMILAR = 0.6
# As the index `address_place` has it: "Hauptstraße 5" and "Hauptstr. 5" are one.
_STREET = (
    "regexp_replace(regexp_replace(lower({of}street), 'stra(ß|ss)e', 'str', 'g'),"
    " '[^[:alnum:]]', '', 'g')"
)
_PAIRS = """
WITH phones AS MATERIALIZED (
    SELECT array_agg(DISTINCT customer_id) AS ids FROM customers_identity i
    WHERE i.kind = 'phone' AND {phones}
    GROUP BY i.key HAVING count(DISTINCT customer_id) BETWEEN 2 AND %(most_at_a_phone)s
), places AS MATERIALIZED (
    SELECT array_agg(DISTINCT customer_id) AS ids FROM customers_address a
    WHERE a.postal_code <> '' AND a.street <> '' AND {places}
    GROUP BY a.postal_code, {street}
    HAVING count(DISTINCT customer_id) BETWEEN 2 AND %(most_at_an_address)s
), neighbours AS MATERIALIZED (
    SELECT DISTINCT one.id AS first, other.id AS second
    FROM places, unnest(ids) AS one (id), unnest(ids) AS other (id)
    WHERE one.id < other.id AND {pairs}
), found (first, second, by_phone) AS (
    SELECT one.id, other.id, true
    FROM phones, unnest(ids) AS one (id), unnest(ids) AS other (id)
    WHERE one.id < other.id AND {pairs}
    UNION ALL
    SELECT n.first, n.second, false FROM neighbours n
    JOIN customers_customersearch one ON one.customer_id = n.first
    JOIN customers_customersearch other ON other.customer_id = n.second
    WHERE public.similarity(one.names, other.names) >= %(similar)s
)
SELECT first AS first_id, second AS second_id,
    bool_or(by_phone) AS same_phone, NOT bool_and(by_phone) AS same_address
FROM found f WHERE NOT EXISTS (SELECT 1 FROM customers_toldapart t
    WHERE t.first_id = f.first AND t.second_id = f.second)
GROUP BY first, second
ORDER BY bool_or(by_phone) AND NOT bool_and(by_phone) DESC, bool_or(by_phone) DESC, first, second
"""
_AMONG_ALL = _PAIRS.format(
    phones="true", places="true", pairs="true", street=_STREET.format(of="a.")
)
_LIKE_ONE = _PAIRS.format(
    phones="""i.key IN (SELECT key FROM customers_identity
        WHERE customer_id = %(customer)s AND kind = 'phone')""",
    places=f"""(a.postal_code, {_STREET.format(of="a.")}) IN (
        SELECT postal_code, {_STREET.format(of="")} FROM customers_address
        WHERE customer_id = %(customer)s AND postal_code <> '' AND street <> '')""",  # noqa: S608 -- of constants
    pairs="%(customer)s IN (one.id, other.id)",
    street=_STREET.format(of="a."),
)
# Whom staff have told apart while all were compared is left out as well.
_NOTE = """
INSERT INTO customers_likelypair (first_id, second_id, same_phone, same_address)
SELECT f.first_id, f.second_id, f.same_phone, f.same_address FROM found_pair f
WHERE NOT EXISTS (SELECT 1 FROM customers_toldapart t
    WHERE t.first_id = f.first_id AND t.second_id = f.second_id)
ORDER BY f.same_phone AND f.same_address DESC, f.same_phone DESC, f.first_id, f.second_id
"""
_LIMITS = {
    "most_at_a_phone": MOST_AT_A_PHONE,
    "most_at_an_address": MOST_AT_AN_ADDRESS,
    "similar": SIMILAR,
}


@dataclass(frozen=True)
class Likeness:
    """Somebody who may be the customer whose page is read, and why."""

    customer: Customer
    same_phone: bool
    same_address: bool


def people_like(customer: Customer, *, most: int) -> list[Likeness]:
    """By indexes alone, however many customers there are; the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_LIKE_ONE} LIMIT %(limit)s", {**_LIMITS, "customer": customer.pk, "limit": most}
        )
        found = cursor.fetchall()
    pairs = [(second if first == customer.pk else first, *why) for first, second, *why in found]
    known = Customer.objects.with_contact().in_bulk([pk for pk, *_why in pairs]) if pairs else {}
    return [Likeness(known[pk], *why) for pk, *why in pairs if pk in known]


def find_pairs() -> int:
    """Note all likely pairs anew; how many. The old ones stay until the new ones are known.

    Comparing takes long, and nobody waits for it: rows are written only at its end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(f"CREATE TEMPORARY TABLE found_pair ON COMMIT DROP AS {_AMONG_ALL}", _LIMITS)
        LikelyPair.objects.all().delete()
        cursor.execute(_NOTE)
        found: int = cursor.rowcount
        cursor.execute("DROP TABLE found_pair")
        return found
