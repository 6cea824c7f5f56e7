"""What each column of an order will hold, as SQL: of a new order, or of one that is known.

`s` is the row that comes, `o` the order that is there (all NULL for a new one), and `f` facts about
its parts. A NULL of the row says nothing; a contact that a file leaves empty stays; and so does
what was called off or given back here meanwhile, where the file does not know it yet.
"""

from __future__ import annotations

from orders.importing.rows import EXPORT, NAMED


def _kept(column: str, empty: str) -> str:
    return f"coalesce(s.{column}, o.{column}, {empty})"


def _kept_text(column: str) -> str:
    return f"coalesce(nullif(s.{column}, ''), o.{column}, '')"


_REFUNDED = "greatest(coalesce(s.refunded, o.refunded, 0), f.refunded_here)"
HOLDS = {
    "external_id": f"CASE WHEN s.external_id LIKE '{NAMED}%%'"
    " THEN coalesce(o.external_id, s.external_id) ELSE s.external_id END",
    "source": "s.source",
    "name": "s.name",
    "number": "s.number",
    "placed_at": "s.placed_at",
    "paid_at": "coalesce(s.paid_at, o.paid_at)",
    "cancelled_at": "coalesce(o.cancelled_at, s.cancelled_at)",
    "cancel_reason": "coalesce(nullif(o.cancel_reason, ''), s.cancel_reason)",
    "currency": "s.currency",
    "subtotal": "s.subtotal",
    "discount": _kept("discount", "0"),
    "shipping": _kept("shipping", "0"),
    "taxes": _kept("taxes", "0"),
    "total": "s.total",
    "refunded": _REFUNDED,
    "paid": f"greatest(s.paid, {_REFUNDED})",
    "financial_status": f"""CASE WHEN f.refunded_here <= coalesce(s.refunded, o.refunded, 0)
            OR s.financial_status IN ('refunded', 'partially_refunded') OR o.id IS NULL
            THEN s.financial_status
        WHEN {_REFUNDED} < greatest(s.paid, {_REFUNDED}) THEN 'partially_refunded'
        ELSE 'refunded' END""",
    "fulfillment_status": """CASE WHEN s.fulfillment_status IN ('restocked', 'fulfilled')
            THEN s.fulfillment_status
        WHEN f.all_left THEN 'fulfilled' WHEN f.some_left THEN 'partial'
        ELSE s.fulfillment_status END""",
    "email": _kept_text("email"),
    "phone": _kept_text("phone"),
    "billing_address": _kept("billing_address", "'{}'"),
    "shipping_address": _kept("shipping_address", "'{}'"),
    "note": _kept("note", "''"),
    "tags": "coalesce(s.tags, o.tags::text[], '{}')",
    "discount_code": _kept("discount_code", "''"),
    "shipping_method": _kept("shipping_method", "''"),
    "payment_method": _kept("payment_method", "''"),
    "is_test": "s.is_test",
}
# What it holds today, to be compared.
HELD = {name: f"o.{name}" for name in HOLDS} | {"tags": "o.tags::text[]"}

# The facts `f` of a known order; of a new one none of the tables has a row. What will have left of
# a line is what the file says has left, or what other parcels than the file's own hold.
FACTS = f"""
SELECT coalesce((SELECT sum(r.amount) FROM orders_refund r
        WHERE r.order_id = o.id AND r.external_id <> '{EXPORT}'), 0) AS refunded_here,
    bool_and(g.quantity >= l.quantity) AS all_left,
    bool_or(g.quantity > 0) AS some_left,
    coalesce(jsonb_agg(jsonb_build_object('title', l.title, 'variant', l.variant, 'sku', l.sku,
        'quantity', l.quantity, 'price', l.price::text, 'discount', l.discount::text)
        ORDER BY l.position) FILTER (WHERE l.id IS NOT NULL), '[]') AS lines,
    coalesce(bool_or(g.quantity <> l.shipped_quantity), false)
        OR EXISTS (SELECT 1 FROM orders_parcel a
            WHERE a.order_id = o.id AND a.external_id = '{EXPORT}' AND (s.parcels = '[]'
                OR a.shipped_at <> (s.parcels->0->>'shipped_at')::timestamptz)) AS parcels_differ
FROM orders_line l, LATERAL (SELECT least(l.quantity, greatest(
    coalesce((s.parcels->0->'quantities'->>(l.position::text))::integer, 0),
    (SELECT coalesce(sum(b.quantity), 0) FROM orders_parcelline b
        JOIN orders_parcel a ON a.id = b.parcel_id AND a.external_id <> '{EXPORT}'
        WHERE b.line_id = l.id))) AS quantity OFFSET 0) g
WHERE l.order_id = o.id
"""  # noqa: S608 -- of constants
