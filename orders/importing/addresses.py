"""An address of an export: ten cells, of which many orders share the same."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from customers.importing.cells import Unreadable, line_of
from orders.importing import cells
from orders.importing.layouts import ADDRESS_NAMES
from orders.importing.rows import dump

ADDRESS_COLUMNS = tuple(ADDRESS_NAMES.values())
LONGEST, LONGEST_PHONE = 255, 40


class Address(NamedTuple):
    """As the order's JSON column holds it, and what else is asked of it."""

    text: str
    country: str
    phone: str
    unknown_country: str


# An order has two, mostly the same.
@lru_cache(maxsize=1024)
def address_in(said: tuple[str, ...]) -> Address:
    """Read the cells of ADDRESS_COLUMNS."""
    found = {
        name: line_of(cell)[:LONGEST]
        for name, cell in zip(ADDRESS_COLUMNS, said, strict=True)
        if cell
    }
    whole = found.pop("whole_street", "")
    if whole and not found.get("street"):
        found["street"] = whole
    unknown = found.get("country", "")
    try:
        found["country"] = cells.country(unknown)
        unknown = ""
    except Unreadable:
        found["country"] = ""
    found["phone"] = found.get("phone", "")[:LONGEST_PHONE]
    text = dump({name: value for name, value in found.items() if value})
    return Address(text, found["country"], found["phone"], unknown)
