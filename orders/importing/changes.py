"""What a file changes of an order that is known: the fields, and the statement that compares."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

from orders.importing.columns import HOLDS
from orders.importing.rows import EXPORT
from orders.models.statuses import CancelReason, FinancialStatus, FulfillmentStatus

FIELDS = {
    "name": gettext_lazy("Name"),
    "placed_at": gettext_lazy("Placed"),
    "financial_status": gettext_lazy("Payment"),
    "fulfillment_status": gettext_lazy("Delivery"),
    "parcels": gettext_lazy("Parcels"),
    "cancelled_at": gettext_lazy("Cancelled"),
    "cancel_reason": gettext_lazy("Reason for the cancellation"),
    "lines": gettext_lazy("Lines"),
    "total": gettext_lazy("Total"),
    "currency": gettext_lazy("Currency"),
    "paid": gettext_lazy("Paid"),
    "paid_at": gettext_lazy("Paid on"),
    "refunded": gettext_lazy("Refunded"),
    "discount": gettext_lazy("Discount"),
    "shipping": gettext_lazy("Shipping"),
    "taxes": gettext_lazy("Taxes"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "billing_address": gettext_lazy("Billing address"),
    "shipping_address": gettext_lazy("Shipping address"),
    "note": gettext_lazy("Note"),
    "tags": gettext_lazy("Tags"),
    "discount_code": gettext_lazy("Discount code"),
    "shipping_method": gettext_lazy("Shipping method"),
    "payment_method": gettext_lazy("Payment method"),
    "external_id": gettext_lazy("Order ID"),
    "is_test": gettext_lazy("Test order"),
}
_STATES = {
    "financial_status": FinancialStatus,
    "fulfillment_status": FulfillmentStatus,
    "cancel_reason": CancelReason,
}


def said(field: str, text: str) -> str:
    """A value as people read it."""
    if field == "is_test":
        return gettext("Yes") if text == "true" else gettext("No")
    states = _STATES.get(field)
    return str(states(text).label) if states and text in states.values else text


_PLAIN = [
    *("name", "financial_status", "fulfillment_status", "email", "phone", "note", "discount_code"),
    *("shipping_method", "payment_method", "external_id", "currency", "cancel_reason"),
]
_MONEY = ["total", "paid", "refunded", "discount", "shipping", "taxes"]
_ADDRESSES = ["billing_address", "shipping_address"]
_DAYS = ["placed_at", "paid_at", "cancelled_at"]


def _lines(said_lines: str) -> str:
    return f"""(SELECT string_agg((l->>'quantity') || ' × ' || (l->>'title')
        || coalesce(' ' || nullif(l->>'variant', ''), ''), ', ')
        FROM jsonb_array_elements({said_lines}) AS l)"""  # noqa: S608 -- of constants


def _address(column: str) -> str:
    return f"""(SELECT string_agg(value, ', ') FROM jsonb_each_text({column}))"""  # noqa: S608 -- of constants


def _pair(name: str, before: str, after: str) -> str:
    pair = f"jsonb_build_array(coalesce({before}, ''), coalesce({after}, ''))"
    return f"'{name}', CASE WHEN o.{name} IS DISTINCT FROM p.{name} THEN {pair} END"


# Times are shown as the shop's clock said, without words: they are read in any language.
_DAY = "to_char({} AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI')"
_PACKED_LINE = """string_agg(packed.quantity || ' × ' || l.title
    || coalesce(' ' || nullif(l.variant, ''), ''), ', ' ORDER BY l.position)"""
# The file's own parcel: when it left, and with what.
_HERE = f"""(SELECT concat_ws(': ', {_DAY.format("a.shipped_at")}, (SELECT {_PACKED_LINE}
        FROM orders_parcelline packed JOIN orders_line l ON l.id = packed.line_id
        WHERE packed.parcel_id = a.id))
    FROM orders_parcel a WHERE a.order_id = o.id AND a.external_id = '{EXPORT}' LIMIT 1)"""  # noqa: S608 -- of constants
_COMES = f"""(SELECT concat_ws(': ', {_DAY.format("(a->>'shipped_at')::timestamptz")}, (
        SELECT {_PACKED_LINE} FROM jsonb_each_text(a->'quantities') AS said (position, amount)
        JOIN ROWS FROM (jsonb_to_recordset(p.lines) AS (title text, variant text))
            WITH ORDINALITY AS l (title, variant, position) ON l.position = said.position::bigint,
        LATERAL (SELECT said.amount AS quantity) packed))
    FROM jsonb_array_elements(p.parcels) AS a LIMIT 1)"""  # noqa: S608 -- of constants
_FIELDS = [
    *(_pair(name, f"o.{name}", f"p.{name}") for name in _PLAIN),
    *(_pair(name, f"o.{name}::text", f"p.{name}::text") for name in _MONEY),
    *(_pair(name, _address(f"o.{name}"), _address(f"p.{name}")) for name in _ADDRESSES),
    *(_pair(name, _DAY.format(f"o.{name}"), _DAY.format(f"p.{name}")) for name in _DAYS),
    _pair("tags", "array_to_string(o.tags, ', ')", "array_to_string(p.tags, ', ')").replace(
        "o.tags IS", "o.tags::text[] IS"
    ),
    _pair("is_test", "o.is_test::text", "p.is_test::text"),
    f"""'parcels', CASE WHEN p.parcels_differ THEN jsonb_build_array(
        coalesce({_HERE}, ''), coalesce({_COMES}, '')) END""",
    f"""'lines', CASE WHEN p.lines_differ THEN jsonb_build_array(
        coalesce({_lines("p.known_lines")}, ''), coalesce({_lines("p.lines")}, '')) END""",
]
# Columns of an order that an import may change, and an undoing sets back.
RESTORED = [*HOLDS, "customer_id", "delivered_at"]


def _rows(table: str, condition: str) -> str:
    return f"""(SELECT coalesce(jsonb_agg(to_jsonb(part)), '[]') FROM {table} part
        WHERE {condition})"""  # noqa: S608 -- of constants


_OF_FILE = f"part.order_id = o.id AND part.external_id = '{EXPORT}'"
_PACKED = "part.parcel_id IN (SELECT a.id FROM orders_parcel a WHERE a.order_id = o.id)"
_BEFORE = f"""jsonb_build_object(
    'order', jsonb_build_object({", ".join(f"'{name}', o.{name}" for name in RESTORED)}),
    'lines', {_rows("orders_line", "part.order_id = o.id")},
    'parcels', {_rows("orders_parcel", _OF_FILE)},
    'packed', {_rows("orders_parcelline", _PACKED)},
    'refunds', {_rows("orders_refund", _OF_FILE)})"""


def _texts(table: str, condition: str) -> str:
    return f"""(SELECT string_agg(part::text, ';' ORDER BY part.id) FROM {table} part
        WHERE {condition})"""  # noqa: S608 -- of constants


# Of an order `o`, all that it is: whoever changes it or a part of it by any way changes this.
FINGERPRINT = f"""md5(concat_ws('|', ROW({", ".join(f"o.{name}" for name in RESTORED)})::text,
    {_texts("orders_line", "part.order_id = o.id")},
    {_texts("orders_parcel", "part.order_id = o.id")}, {_texts("orders_parcelline", _PACKED)},
    {_texts("orders_refund", "part.order_id = o.id")}))::uuid"""
# Beside `order_plan` of orders.importing.planning, before anything is written.
COMPARED = f"""
SELECT p.line, jsonb_strip_nulls(jsonb_build_object({", ".join(_FIELDS)})) AS changes,
    {_BEFORE} AS before
FROM order_plan p JOIN orders_order o ON o.id = p.order_id WHERE p.outcome = 'changed'
"""  # noqa: S608 -- of constants
