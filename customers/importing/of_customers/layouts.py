"""Which column of a file of customers holds what.

Shopify's export has had three layouts; WooCommerce's (Analytics › Customers) has one. Any other
table is taken in once somebody has said what its columns hold; most can be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

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
# What a table of anybody's may call them, beside the names above.
SYNONYMS = {
    "full_name": ["name", "full name", "customer", "kunde", "kundenname", "ansprechpartner"],
    "first_name": ["firstname", "given name", "vorname"],
    "last_name": ["lastname", "surname", "family name", "nachname", "familienname"],
    "company": ["firma", "unternehmen", "organisation", "organization", "company name"],
    "email": ["e-mail", "mail", "email address", "e-mail address", "e-mail-adresse"],
    "phone": ["telephone", "phone number", "mobile", "telefon", "telefonnummer", "tel", "tel.",
        "handy", "mobil", "mobilnummer"],
    "street": ["street", "address", "address 1", "straße", "strasse", "adresse", "anschrift"],
    "extra": ["address 2", "adresszusatz", "zusatz"],
    "postal_code": ["postcode", "zip code", "postal code", "plz", "postleitzahl"],
    "city": ["town", "ort", "stadt", "wohnort"],
    "region": ["state", "region", "bundesland", "kanton"],
    "country": ["land", "country / region", "staat"],
    "note": ["notes", "comment", "notiz", "notizen", "bemerkung", "kommentar"],
    "tags": ["tag", "labels", "schlagwörter", "schlagworte", "gruppe"],
    "email_consent": ["newsletter", "email marketing", "newsletter ja/nein"],
    "orders_count": ["orders", "number of orders", "bestellungen", "anzahl bestellungen"],
    "amount_spent": ["total spend", "revenue", "umsatz", "gesamtumsatz"],
}  # fmt: skip
GUESSES = NAMES | {name: column for column, names in SYNONYMS.items() for name in names}
# What somebody may choose for a column of a table that nobody knows.
FIELDS = {
    "full_name": _("Name (first and last)"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "company": _("Company"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "street": _("Street"),
    "extra": _("Address line 2"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "region": _("Region"),
    "country": _("Country"),
    "note": _("Note"),
    "tags": _("Tags"),
    "email_consent": _("E-mail newsletter"),
    "sms_consent": _("SMS newsletter"),
    "orders_count": _("Orders"),
    "amount_spent": _("Spent"),
}

# Of the shop's own columns the ones that ShopDesk has no place for, on purpose: taxes and WhatsApp
# are no business of a help desk, nor is what an account was called elsewhere; what a metafield
# means only its shop knows.
LEFT_OUT = {
    *("tax exempt", "accepts whatsapp marketing"),
    *("username", "last active", "sign up", "aov", "role"),
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
    return name in LEFT_OUT or ".metafields." in name


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


def mapped(header: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """As somebody has said, by plain names. Raises FileRefused if it makes nobody known."""
    said = {name: column for name, column in mapping.items() if column}
    layout = placed(header, said, source="file")
    if not {"email", "phone"} & layout.places.keys():
        raise FileRefused("unreachable")
    return layout


def guess(name: str) -> str:
    """What a column of this plain name may hold; "" for no idea. Never an id: whose would it be?"""
    found = GUESSES.get(name, "")
    return found if found in FIELDS else {"country_name": "country"}.get(found, "")
