"""What was planned, written: the same few statements for any number of orders.

Each works on the temporary table `order_plan` of `orders.importing.planning`.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from customers.importing.chunks import make_table
from orders.importing.columns import HOLDS
from orders.importing.updating import update_changed
from orders.models import Order

WRITTEN = [
    *("orders_order", "orders_line", "orders_parcel", "orders_parcelline", "orders_refund"),
    *("orders_orderimportrow", "customers_customer", "customers_identity", "customers_address"),
    *("customers_customersearch", "customers_nameword"),
]


def write() -> None:
    """Write new orders and changed ones, inside the caller's transaction, which holds their
    customers and has their figures counted.

    Raises IntegrityError when somebody placed one of the orders meanwhile.
    """
    outcomes = tally()
    if outcomes.get("created"):
        _create()
    if outcomes.get("changed"):
        update_changed()


def tally() -> dict[str, int]:
    """How many planned orders have which outcome."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, count(*) FROM order_plan GROUP BY outcome")
        return dict(cursor.fetchall())


def buyers() -> list[int]:
    """The customers whose figures what is written will move."""
    with connection.cursor() as cursor:
        cursor.execute(_BUYERS)
        return [pk for (pk,) in cursor.fetchall()]


def _create() -> None:
    said = {**HOLDS, "id": "", "customer_id": "", "delivered_at": "", "brought_in_at": ""}
    defaults = {
        str(field.column): field.get_default()
        for field in Order._meta.concrete_fields
        if field.column not in said and not field.generated
    }
    columns = [*HOLDS, *defaults]
    values: dict[str, Any] = {**defaults, "now": timezone.now()}
    chosen = [*HOLDS, *(f"%({column})s" for column in defaults)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(columns=", ".join(columns), chosen=", ".join(chosen)), values)
        cursor.execute(_LINES)
        cursor.execute(_REFUNDS)
    make_table("order_packed", _PACKED, {}, measured="parcel_id, order_id")
    with connection.cursor() as cursor:
        cursor.execute(_PARCELS)
        cursor.execute(_PARCEL_LINES)


_BUYERS = """
SELECT DISTINCT customer_id FROM order_plan
WHERE outcome IN ('created', 'changed') AND customer_id IS NOT NULL ORDER BY customer_id
"""
# Of an order that has left whole, each parcel of which has arrived, the last arrival.
_INSERT = """
INSERT INTO orders_order (id, customer_id, brought_in_at, delivered_at, {columns})
SELECT order_id, customer_id, %(now)s, CASE WHEN fulfillment_status = 'fulfilled' THEN (
        SELECT max(a.delivered_at) FROM jsonb_to_recordset(parcels) AS a (delivered_at timestamptz)
        HAVING count(*) = count(a.delivered_at)) END,
    {chosen}
FROM order_plan WHERE outcome = 'created' ORDER BY line
"""
_LINES = """
INSERT INTO orders_line (order_id, position, title, variant, sku, quantity, price, discount,
    shipped_quantity)
SELECT p.order_id, l.position, l.title, l.variant, l.sku, l.quantity, l.price, l.discount,
    coalesce((SELECT sum((a.quantities->>(l.position::text))::integer)
        FROM jsonb_to_recordset(p.parcels) AS a (quantities jsonb)), 0)
FROM order_plan p, ROWS FROM (jsonb_to_recordset(p.lines) AS (title text, variant text, sku text,
        quantity integer, price numeric, discount numeric)) WITH ORDINALITY
    AS l (title, variant, sku, quantity, price, discount, position)
WHERE p.outcome = 'created' ORDER BY p.line, l.position
"""
_REFUNDS = """
INSERT INTO orders_refund (order_id, amount, reason, external_id, refunded_at)
SELECT p.order_id, r.amount, r.reason, r.external_id, r.refunded_at
FROM order_plan p, jsonb_to_recordset(p.refunds)
    AS r (amount numeric, reason text, external_id text, refunded_at timestamptz)
WHERE p.outcome = 'created' AND p.refunds <> '[]' ORDER BY p.line
"""
_PACKED = """
SELECT nextval(pg_get_serial_sequence('orders_parcel', 'id')) AS parcel_id, p.order_id, a.*
FROM order_plan p, jsonb_to_recordset(p.parcels) AS a (company text, number text, url text,
    external_id text, shipped_at timestamptz, delivered_at timestamptz, quantities jsonb)
WHERE p.outcome = 'created' AND p.parcels <> '[]' ORDER BY p.line
"""
_PARCELS = """
INSERT INTO orders_parcel (id, order_id, company, number, url, external_id, shipped_at,
    delivered_at)
SELECT parcel_id, order_id, coalesce(company, ''), coalesce(number, ''), coalesce(url, ''),
    external_id, shipped_at, delivered_at
FROM order_packed ORDER BY parcel_id
"""
_PARCEL_LINES = """
INSERT INTO orders_parcelline (parcel_id, line_id, quantity)
SELECT a.parcel_id, l.id, (a.quantities->>(l.position::text))::integer
FROM order_packed a JOIN orders_line l ON l.order_id = a.order_id
WHERE a.quantities ? (l.position::text) ORDER BY a.parcel_id, l.position
"""
