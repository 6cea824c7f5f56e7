"""Whose orders they are: known by e-mail address, else by phone; or somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from customers import figures
from customers.importing import joining
from customers.importing.chunks import make_table
from orders.figures import EARNS
from orders.importing import planning
from shop.models import Shop

if TYPE_CHECKING:
    from customers.importing.models import Import


def find_and_lock() -> None:
    """Find who bought what has no customer yet, and hold everybody whose figures may move.

    Each in one order, as everywhere, so that steps in their turn never wait in a circle. Only who
    may be subscribed is locked, as their figures are added up later, perhaps of other orders at
    this very moment.
    """
    _find()
    with connection.cursor() as cursor:
        cursor.execute(_SAY_YES)
        figures.lock([pk for (pk,) in cursor.fetchall()])
    _hold()


def find_and_hold() -> None:
    """As `find_and_lock`, of who goes ahead: the rows before lock some of the same customers."""
    _find()
    make_table("met", _MET, {}, measured="id")
    _hold()


def take_in(one: Import) -> None:
    """Give each planned order its customer; who is not known is created."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_OTHERS)
    joining.take_in(one)
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN)


def are_the_same() -> bool:
    """Whether whoever has the addresses and numbers of these rows has had them all the while.

    Asked once no other import writes, and staff may have changed somebody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HAS_SOMEBODY_COME_OR_GONE)
        (has_changed,) = cursor.fetchone()
    return not has_changed


def subscribe(one: Import) -> None:
    """Of who was known: whoever says "yes" to newsletters, and of whom no later order is known.

    Raises OperationalError where somebody holds one of them and `find_and_lock` did not.
    """
    with connection.cursor() as cursor:
        cursor.execute(planning.INDEX)
        cursor.execute(_LATER_WORD)
        cursor.execute(_SAY_YES)
        figures.lock([pk for (pk,) in cursor.fetchall()], waits=False)
    joining.subscribe(one)


def _find() -> None:
    values = {"currency": Shop.current().currency}
    make_table("buyers", _BUYERS, values, measured="line, email_key, phone_key")
    joining.find_known()


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_EVERYBODY)
        figures.hold([pk for (pk,) in cursor.fetchall()])


_ADDRESS = "coalesce(nullif(s.billing_address, '{}'), s.shipping_address, '{}')"
_BUYERS = f"""
SELECT s.line, NULL::bigint AS customer_id, false AS is_new, false AS subscribes,
    s.placed_at AS said_at,
    s.email AS email_key, s.phone_key, s.phone, coalesce(a->>'name', '') AS name,
    coalesce(a->>'company', '') AS company,
    coalesce(a->>'street', '') AS street, coalesce(a->>'addition', '') AS extra,
    coalesce(a->>'postal_code', '') AS postal_code, coalesce(a->>'city', '') AS city,
    coalesce(a->>'province', '') AS region, coalesce(a->>'country', '') AS country,
    coalesce(a->>'phone', '') AS address_phone,
    coalesce(s.accepts_marketing AND m.order_id IS NULL, false) AS says_yes,
    NOT s.is_test AS counts,
    CASE WHEN {EARNS} THEN s.total - coalesce(s.refunded, 0) ELSE 0 END AS spent
FROM chunk s LEFT JOIN order_matched m USING (line)
LEFT JOIN LATERAL (SELECT customer_id FROM orders_order WHERE id = m.order_id OFFSET 0) o ON true,
    LATERAL (SELECT {_ADDRESS} AS a) address
WHERE s.is_usable AND o.customer_id IS NULL AND (s.email <> '' OR s.phone_key <> '')
"""  # noqa: S608 -- of constants
# A "yes" is no later word than an order that is known; figures may not say so yet. Of the orders
# at hand `joining` asks.
_LATER_WORD = """
UPDATE buyers b SET says_yes = false WHERE b.says_yes AND EXISTS (SELECT 1 FROM (
        SELECT id FROM orders_order
        WHERE customer_id = b.customer_id AND placed_at >= b.said_at AND NOT is_test OFFSET 0) o
    WHERE NOT EXISTS (SELECT 1 FROM order_plan p WHERE p.order_id = o.id OFFSET 0))
"""
_SAY_YES = """
SELECT DISTINCT customer_id FROM buyers WHERE says_yes AND customer_id IS NOT NULL ORDER BY 1
"""
_EVERYBODY = """
SELECT customer_id FROM buyers WHERE customer_id IS NOT NULL
UNION SELECT customer_id FROM orders_order
WHERE id = ANY(ARRAY(SELECT order_id FROM order_matched)) AND customer_id IS NOT NULL ORDER BY 1
"""
# Who is found by a telephone depends on who else has it, whether they are found or not.
_MET = """
SELECT i.id, i.customer_id, said.key FROM (
    SELECT DISTINCT 'email' AS kind, email_key AS key FROM buyers WHERE email_key <> ''
    UNION ALL SELECT DISTINCT 'phone', phone_key FROM buyers WHERE phone_key <> '') said, LATERAL (
    SELECT id, customer_id FROM customers_identity WHERE kind = said.kind AND key = said.key
    OFFSET 0) i
"""
_HAS_SOMEBODY_COME_OR_GONE = f"""
SELECT EXISTS (SELECT 1 FROM ({_MET}) i
    WHERE NOT EXISTS (SELECT 1 FROM met WHERE met.id = i.id)
    AND NOT EXISTS (SELECT 1 FROM buyers WHERE is_new AND buyers.customer_id = i.customer_id)
) OR EXISTS (SELECT 1 FROM met m WHERE m.customer_id IN (SELECT customer_id FROM buyers)
    AND NOT EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.id = m.id AND i.key = m.key AND i.customer_id = m.customer_id OFFSET 0))
"""  # noqa: S608 -- of constants
_FORGET_OTHERS = """
DELETE FROM buyers b USING order_plan p
WHERE p.line = b.line AND p.outcome NOT IN ('created', 'changed')
"""
_ASSIGN = """
UPDATE order_plan p SET customer_id = b.customer_id FROM buyers b
WHERE p.line = b.line AND p.customer_id IS NULL
"""
