"""Orders that are known and come with news: brought to what the file says.

Lines keep their identity where the same product stays on the order. Of parcels and refunds the
file's own ones follow the file; others, with their tracking numbers, stay as they are and count.
Each statement works on the rows of `order_plan` that are `changed`.
"""

from __future__ import annotations

from django.db import connection

from customers.importing.chunks import make_table
from orders.importing.columns import HOLDS
from orders.importing.rows import EXPORT


def update_changed() -> None:
    make_table("order_lines", _LINES, {}, measured="id, order_id")
    with connection.cursor() as cursor:
        for statement in (*_LINE_STATEMENTS, *_PARCEL_STATEMENTS, *_REFUND_STATEMENTS, _ORDERS):
            cursor.execute(statement)


# The lines that come, each with the one that is there of the same product: of two the first with
# the first.
_PRODUCT = "title, variant, sku"
_LINES = f"""
WITH known AS (
    SELECT l.id, l.order_id, l.{_PRODUCT.replace(", ", ", l.")}, row_number() OVER (
        PARTITION BY l.order_id, l.{_PRODUCT.replace(", ", ", l.")} ORDER BY l.position) AS nth
    FROM orders_line l JOIN order_plan p USING (order_id) WHERE p.outcome = 'changed'
), coming AS (
    SELECT p.order_id, l.*, coalesce(
            (p.parcels->0->'quantities'->>(l.position::text))::integer, 0) AS left_quantity,
        row_number() OVER (PARTITION BY p.order_id, {_PRODUCT} ORDER BY l.position) AS nth
    FROM order_plan p, ROWS FROM (jsonb_to_recordset(p.lines) AS (title text, variant text,
        sku text, quantity integer, price numeric, discount numeric)) WITH ORDINALITY
        AS l (title, variant, sku, quantity, price, discount, position)
    WHERE p.outcome = 'changed'
)
SELECT c.*, k.id FROM coming c LEFT JOIN known k USING (order_id, {_PRODUCT}, nth)
"""  # noqa: S608 -- of constants

_GONE = """l.order_id IN (SELECT order_id FROM order_plan WHERE outcome = 'changed')
    AND NOT EXISTS (SELECT 1 FROM order_lines c WHERE c.id = l.id)"""
# Positions are unique at every moment: who moves goes out of the way first.
_AWAY = 20_000
_LINE_STATEMENTS = [
    f"DELETE FROM orders_parcelline b USING orders_line l WHERE b.line_id = l.id AND {_GONE}",  # noqa: S608
    f"DELETE FROM orders_line l WHERE {_GONE}",  # noqa: S608
    f"""
UPDATE orders_line l SET position = l.position + {_AWAY} FROM order_lines c
WHERE l.id = c.id AND l.position <> c.position
""",  # noqa: S608
    """
UPDATE orders_line l SET position = c.position, quantity = c.quantity, price = c.price,
    discount = c.discount, shipped_quantity = least(l.shipped_quantity, c.quantity)
FROM order_lines c WHERE l.id = c.id AND (l.position, l.quantity, l.price, l.discount)
    IS DISTINCT FROM (c.position, c.quantity, c.price, c.discount)
""",
    """
UPDATE order_lines SET id = nextval(pg_get_serial_sequence('orders_line', 'id')), nth = 0
WHERE id IS NULL
""",
    """
INSERT INTO orders_line (id, order_id, position, title, variant, sku, quantity, price, discount,
    shipped_quantity)
SELECT id, order_id, position, title, variant, sku, quantity, price, discount, 0
FROM order_lines WHERE nth = 0 ORDER BY id
""",
]

_CHANGED_PARCELS = f"""orders_parcel a JOIN order_plan p USING (order_id)
    WHERE p.outcome = 'changed' AND a.external_id = '{EXPORT}'"""
# The file's parcel holds what it says has left, less what other parcels hold.
_PARCEL_STATEMENTS = [
    f"""
DELETE FROM orders_parcelline WHERE parcel_id IN (SELECT a.id FROM {_CHANGED_PARCELS})
""",  # noqa: S608
    f"""
UPDATE orders_parcel a SET shipped_at = (p.parcels->0->>'shipped_at')::timestamptz,
    delivered_at = CASE WHEN a.delivered_at >= (p.parcels->0->>'shipped_at')::timestamptz
        THEN a.delivered_at END
FROM order_plan p
WHERE p.outcome = 'changed' AND p.order_id = a.order_id AND a.external_id = '{EXPORT}'
    AND p.parcels <> '[]'
""",  # noqa: S608
    f"""
INSERT INTO orders_parcel (order_id, company, number, url, external_id, shipped_at)
SELECT order_id, '', '', '', '{EXPORT}', (parcels->0->>'shipped_at')::timestamptz
FROM order_plan p WHERE outcome = 'changed' AND parcels <> '[]' AND NOT EXISTS (
    SELECT 1 FROM orders_parcel a WHERE a.order_id = p.order_id AND a.external_id = '{EXPORT}')
ORDER BY line
""",  # noqa: S608
    f"""
INSERT INTO orders_parcelline (parcel_id, line_id, quantity)
SELECT a.id, c.id, rest.quantity FROM order_lines c
JOIN orders_parcel a ON a.order_id = c.order_id AND a.external_id = '{EXPORT}', LATERAL (
    SELECT least(c.left_quantity, c.quantity) - coalesce(sum(b.quantity), 0) AS quantity
    FROM orders_parcelline b WHERE b.line_id = c.id) rest
WHERE rest.quantity > 0 ORDER BY a.id, c.position
""",  # noqa: S608
    f"""
DELETE FROM orders_parcel WHERE id IN (SELECT a.id FROM {_CHANGED_PARCELS}
    AND NOT EXISTS (SELECT 1 FROM orders_parcelline b WHERE b.parcel_id = a.id))
""",  # noqa: S608
    """
UPDATE orders_line l SET shipped_quantity = packed.quantity
FROM order_lines c, LATERAL (
    SELECT least(c.quantity, coalesce(sum(b.quantity), 0)) AS quantity
    FROM orders_parcelline b WHERE b.line_id = c.id) packed
WHERE l.id = c.id AND l.shipped_quantity <> packed.quantity
""",
]

# The file's refund makes up for what others do not explain.
_OWN_REFUNDS = f"""
SELECT r.id, p.refunded - p.refunded_here AS amount FROM order_plan p, LATERAL (
    SELECT id FROM orders_refund
    WHERE order_id = p.order_id AND external_id = '{EXPORT}' OFFSET 0) r
WHERE p.outcome = 'changed' AND p.refunds_said
"""  # noqa: S608 -- of constants
_REFUND_STATEMENTS = [
    f"""
DELETE FROM orders_refund WHERE id IN (
    SELECT id FROM ({_OWN_REFUNDS}) own WHERE amount <= 0)
""",  # noqa: S608
    f"""
UPDATE orders_refund r SET amount = own.amount FROM ({_OWN_REFUNDS}) own
WHERE r.id = own.id AND r.amount <> own.amount
""",  # noqa: S608
    f"""
INSERT INTO orders_refund (order_id, amount, reason, external_id, refunded_at)
SELECT p.order_id, p.refunded - p.refunded_here, '', '{EXPORT}',
    coalesce((p.refunds->0->>'refunded_at')::timestamptz, p.placed_at)
FROM order_plan p WHERE p.outcome = 'changed' AND p.refunds_said AND p.refunded > p.refunded_here
    AND NOT EXISTS (SELECT 1 FROM orders_refund r
        WHERE r.order_id = p.order_id AND r.external_id = '{EXPORT}')
ORDER BY p.line
""",  # noqa: S608
]

# When lines and parcels stand: how far it is shipped, and whether all of it has arrived.
_ORDERS = f"""
UPDATE orders_order o SET customer_id = p.customer_id,
    {", ".join(f"{name} = p.{name}" for name in HOLDS if name != "fulfillment_status")},
    fulfillment_status = goods.status,
    delivered_at = CASE WHEN goods.status = 'fulfilled' THEN (
        SELECT max(a.delivered_at) FROM orders_parcel a WHERE a.order_id = p.order_id
        HAVING count(*) = count(a.delivered_at)) END
FROM order_plan p, LATERAL (
    SELECT CASE WHEN p.goods_said IN ('restocked', 'fulfilled') THEN p.goods_said
        WHEN bool_and(l.shipped_quantity >= l.quantity) THEN 'fulfilled'
        WHEN bool_or(l.shipped_quantity > 0) THEN 'partial'
        ELSE p.goods_said END AS status
    FROM orders_line l WHERE l.order_id = p.order_id) goods
WHERE p.outcome = 'changed' AND o.id = p.order_id
"""  # noqa: S608 -- of constants
