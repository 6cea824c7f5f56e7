"""Which column of a file of customers holds what. The shop's export has had three layouts."""

from __future__ import annotations

from collections.abc import Sequence

from customers.importing.columns import Layout, placed, plain
from customers.importing.problems import FileRefused

NAMES = {
    "customer id": "external_id",
    "first name": "first_name",
    "last name": "last_name",
    "email": "email",
    "phone": "phone",
    "note": "note",
    "tags": "tags",
    "total spent": "amount_spent",
    "total orders": "orders_count",
    "accepts email marketing": "email_consent",
    "accepts marketing": "email_consent",
    "accepts sms marketing": "sms_consent",
}
ADDRESS_NAMES = {
    "company": "company",
    "address1": "street",
    "address2": "extra",
    "city": "city",
    "province": "region",
    "province code": "region_code",
    "country": "country_name",
    "country code": "country",
    "zip": "postal_code",
}
NAMES |= ADDRESS_NAMES
NAMES |= {f"default address {name}": column for name, column in ADDRESS_NAMES.items()}
NAMES["default address phone"] = "address_phone"

# Of the shop's own columns the ones that ShopDesk has no place for, on purpose: taxes and WhatsApp
# are no business of a help desk, and what a metafield means only its shop knows.
LEFT_OUT = {"tax exempt", "accepts whatsapp marketing"}

OTHER_EXPORTS = {
    "orders": {"financial status", "lineitem name", "lineitem quantity"},
    "products": {"handle", "url handle", "variant sku", "variant price"},
}


def names_customers(names: frozenset[str]) -> bool:
    """Whether these columns are a table of people."""
    is_other = any(marks & names for marks in OTHER_EXPORTS.values())
    return not is_other and any(NAMES.get(name) == "email" for name in names)


def is_left_out(name: str) -> bool:
    return name in LEFT_OUT or ".metafields." in name


def layout_of(header: Sequence[str]) -> Layout:
    """Read the first row. Raises FileRefused without e-mail."""
    names = {plain(cell) for cell in header}
    for code, marks in OTHER_EXPORTS.items():
        if marks & names:
            raise FileRefused(code)
    layout = placed(header, NAMES)
    if "email" not in layout.places:
        raise FileRefused("columns", "Email")
    if not {"first_name", "last_name"} & layout.places.keys():
        raise FileRefused("columns", "First Name")
    return layout
