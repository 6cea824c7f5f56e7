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

# Of the shop's own columns the ones that ShopDesk has no place for, on purpose: taxes and WhatsApp
# are no business of a help desk, and what a metafield means only its shop knows.
LEFT_OUT = {"tax exempt", "accepts whatsapp marketing"}
# Written in front by our own list of rejected rows, in either language.
OWN_NAMES = {"line", "outcome", "reason", "zeile", "ergebnis", "grund"}

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

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Columns that are not taken in, as the file names them."""
        taken = set(self.places.values())
        names = (name.strip() for place, name in enumerate(self.header) if place not in taken)
        return tuple(name for name in names if name and plain(name) not in OWN_NAMES)


def sorted_out(passed_over: Iterable[str]) -> tuple[list[str], list[str]]:
    """Columns that ShopDesk leaves out on purpose, and others: it does not know what they mean."""
    left_out: list[str] = []
    unknown: list[str] = []
    for name in passed_over:
        is_left_out = plain(name) in LEFT_OUT or ".metafields." in name
        (left_out if is_left_out else unknown).append(name)
    return left_out, unknown


def plain(header: str) -> str:
    """A column's name as we compare it: exports and spreadsheets differ in case and spaces."""
    return " ".join(header.strip("\ufeff'\" ").lower().split())


def is_known(header: str) -> bool:
    return plain(header) in NAMES


def layout_of(header: Iterable[str]) -> Layout:
    """Read the first row. Raises FileRefused without e-mail."""
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
