"""Which column of a file of customers holds what.

Shopify's export has had three layouts; WooCommerce's (Analytics › Customers) has one. Any other
table is taken in once somebody has said what its columns hold; most can be guessed
(`customers.importing.of_customers.guessing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from customers.importing.columns import Layout, keys, placed, plain, words_of
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

WOOCOMMERCE = {
    "name": "full_name",
    "email": "email",
    "orders": "orders_count",
    "total spend": "amount_spent",
    "country / region": "country",
    "city": "city",
    "region": "region",
    "postal code": "postal_code",
    "billing phone": "phone",
    "shipping phone": "address_phone",
}
# Two of these are in no other table of people.
ONLY_WOOCOMMERCE = {"username", "last active", "sign up", "aov", "country / region", "total spend"}
# What somebody may choose for a column of a table that nobody knows.
FIELDS = {
    "full_name": _("Name (first and last)"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "company": _("Company"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "street": _("Street"),
    "house_number": _("House number"),
    "extra": _("Address line 2"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "place": _("Postal code and city"),
    "whole_address": _("Whole address (street, postal code and city)"),
    "region": _("Region"),
    "country": _("Country"),
    "note": _("Note"),
    "noted": _("Note, with the column's name"),
    "tags": _("Tags"),
    "email_consent": _("E-mail newsletter"),
    "sms_consent": _("SMS newsletter"),
    "orders_count": _("Orders"),
    "amount_spent": _("Spent"),
}
# What the shop's own columns hold beside, and no other: whose would an id be?
OWN_FIELDS = {
    "external_id": _("Customer ID"),
    "region_code": _("Region (code)"),
    "country_name": _("Country (name)"),
    "address_phone": _("Phone of the address"),
}
# Of several columns for one of these the first that is filled counts; the rest goes into the note.
REPEATED = frozenset({"email", "phone", "noted"})

# Of the shop's own columns the ones that ShopDesk has no place for, on purpose: taxes and WhatsApp
# are no business of a help desk, nor is what an account was called elsewhere; what a metafield
# means only its shop knows.
LEFT_OUT = {
    *("tax exempt", "accepts whatsapp marketing"),
    *("username", "last active", "sign up", "aov", "role"),
}
# Of anybody's table: how and when somebody was born, and what no mail goes to.
LEFT_OUT_ANYWHERE = {
    *("anrede", "salutation", "titel", "title", "geschlecht", "gender"),
    *("geburtstag", "geburtsdatum", "geb datum", "geboren", "birthday", "birth date", "birthdate"),
    *("date of birth", "fax", "faxnummer", "fax nr", "telefax", "fax number"),
}

OTHER_EXPORTS = {
    "orders": {"financial status", "lineitem name", "lineitem quantity"},
    "products": {"handle", "url handle", "variant sku", "variant price"},
}


def names_customers(names: frozenset[str]) -> bool:
    """Whether these columns are a table of people."""
    is_other = any(marks & names for marks in OTHER_EXPORTS.values())
    return not is_other and any(NAMES.get(name) == "email" for name in names)


def is_left_out(name: str) -> bool:
    return name in LEFT_OUT or words_of(name) in LEFT_OUT_ANYWHERE or ".metafields." in name


def layout_of(header: Sequence[str]) -> Layout:
    """Read the first row. Raises FileRefused without e-mail."""
    names = {plain(cell) for cell in header}
    for code, marks in OTHER_EXPORTS.items():
        if marks & names:
            raise FileRefused(code)
    if is_woocommerce(names):
        return placed(header, WOOCOMMERCE, source="woocommerce")
    layout = placed(header, NAMES)
    if "email" not in layout.places:
        raise FileRefused("columns", "Email")
    if not {"first_name", "last_name"} & layout.places.keys():
        raise FileRefused("columns", "First Name")
    return layout


def is_woocommerce(names: set[str] | frozenset[str]) -> bool:
    return "email" in names and len(ONLY_WOOCOMMERCE & names) > 1


def mapped(header: Sequence[str], mapping: Mapping[str, str], *, own: Layout | None) -> Layout:
    """As somebody has said, by the columns' keys. Raises FileRefused if it makes nobody known.

    `own` is how the file is read otherwise: whose ids it carries stays.
    """
    places: dict[str, int] = {}
    further: dict[str, tuple[int, ...]] = {}
    for place, key in enumerate(keys(header)):
        # Earlier releases knew a column without a name by just that.
        column = mapping.get(key, mapping.get(plain(header[place]), ""))
        if column == "noted" or (column in places and column in REPEATED):
            further[column] = (*further.get(column, ()), place)
        elif column in places:
            raise FileRefused("column_twice", header[place].strip())
        elif column:
            places[column] = place
    if not {"email", "phone"} & places.keys():
        raise FileRefused("unreachable")
    source = own.source if own else "file"
    return Layout(places, len(header), tuple(header), source, further)
