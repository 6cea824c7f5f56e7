"""Which column of an export of orders holds what. It grew over the years: names count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from customers.importing.columns import placed, plain
from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from customers.importing.columns import Layout

NAMES = {
    "name": "name",
    "id": "external_id",
    "email": "email",
    "phone": "phone",
    "financial status": "financial_status",
    "fulfillment status": "fulfillment_status",
    "created at": "placed_at",
    "paid at": "paid_at",
    "fulfilled at": "fulfilled_at",
    "cancelled at": "cancelled_at",
    "accepts marketing": "accepts_marketing",
    "currency": "currency",
    "shipping": "shipping",
    "taxes": "taxes",
    "total": "total",
    "discount code": "discount_code",
    "discount amount": "discount",
    "refunded amount": "refunded",
    "outstanding balance": "outstanding",
    "shipping method": "shipping_method",
    "payment method": "payment_method",
    "notes": "note",
    "tags": "tags",
    "lineitem name": "line_name",
    "lineitem sku": "line_sku",
    "lineitem quantity": "line_quantity",
    "lineitem price": "line_price",
    "lineitem discount": "line_discount",
    "lineitem fulfillment status": "line_status",
}
# Older files name the whole street, later ones its two lines beside it.
ADDRESS_NAMES = {
    "name": "name",
    "street": "whole_street",
    "address1": "street",
    "address2": "addition",
    "company": "company",
    "city": "city",
    "zip": "postal_code",
    "province": "province",
    "country": "country",
    "phone": "phone",
}
ORDER_COLUMNS = tuple(column for column in NAMES.values() if not column.startswith("line_"))
NAMES |= {
    f"{side} {name}": f"{side}_{column}"
    for side in ("billing", "shipping")
    for name, column in ADDRESS_NAMES.items()
}

# Without these no order can be told, in the words of the file.
NEEDED = {
    "name": "Name",
    "placed_at": "Created at",
    "total": "Total",
    "line_name": "Lineitem name",
    "line_quantity": "Lineitem quantity",
    "line_price": "Lineitem price",
}

# Of the shop's own columns those that ShopDesk has no place for, on purpose: how a parcel is taxed,
# by which till and device it was sold, and what the subtotal says that the lines say already.
LEFT_OUT = {
    *("subtotal", "lineitem compare at price", "lineitem requires shipping", "lineitem taxable"),
    *("note attributes", "payment reference", "payment references", "payment id", "vendor"),
    *("employee", "location", "device id", "risk level", "source", "receipt number", "duties"),
    *("billing province name", "shipping province name", "payment terms name"),
    "next payment due at",
    *(f"tax {number} {what}" for number in range(1, 6) for what in ("name", "value")),
}
OTHER_EXPORTS = {
    "customers_not_orders": {"first name", "accepts email marketing", "total spent"},
    "products_not_orders": {"handle", "url handle", "variant sku", "variant price"},
}


def names_orders(names: frozenset[str]) -> bool:
    """Whether these columns can only be an export of orders."""
    return "lineitem name" in names or "financial status" in names


def layout_of(header: Sequence[str]) -> Layout:
    """Read the first row. Raises FileRefused for another export, or without what an order needs."""
    names = frozenset(plain(cell) for cell in header)
    if not names_orders(names):
        for code, marks in OTHER_EXPORTS.items():
            if marks & names:
                raise FileRefused(code)
    layout = placed(header, NAMES)
    for column, words in NEEDED.items():
        if column not in layout.places:
            raise FileRefused("order_columns", words)
    if not {"email", "external_id"} & layout.places.keys():
        raise FileRefused("order_columns", "Email")
    return layout
