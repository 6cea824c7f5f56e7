"""Which column holds what. The shop's export has had three layouts; a column counts by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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

OTHER_EXPORTS = {
    "orders": {"financial status", "lineitem name", "lineitem quantity"},
    "products": {"handle", "url handle", "variant sku", "variant price"},
}


@dataclass(frozen=True)
class Layout:
    """Where each known column stands, and how many cells a row has."""

    places: dict[str, int]
    width: int
    header: tuple[str, ...]


def plain(header: str) -> str:
    """A column's name as we compare it: exports and spreadsheets differ in case and spaces."""
    return " ".join(header.strip("\ufeff'\" ").lower().split())


def is_known(header: str) -> bool:
    return plain(header) in NAMES


def layout_of(header: Iterable[str]) -> Layout:
    """Read the first row; other columns are passed over. Raises FileRefused without e-mail."""
    header = tuple(header)
    names = [plain(cell) for cell in header]
    for code, marks in OTHER_EXPORTS.items():
        if marks & set(names):
            raise FileRefused(code)
    if "email" not in names:
        raise FileRefused("columns", "Email")
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        column = NAMES.get(name)
        if column and column in places:
            raise FileRefused("column_twice", header[place].strip())
        if column:
            places[column] = place
    if not {"first_name", "last_name"} & set(places):
        raise FileRefused("columns", "First Name")
    return Layout(places, len(header), header)
