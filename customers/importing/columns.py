"""The first line of a file: which column holds what. A column counts by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.importing.files import UNCALCULATED
from customers.importing.problems import FileRefused, Problem

if TYPE_CHECKING:
    from customers.importing.files import Record
    from customers.importing.kinds import ImportKind

# Written in front by our own list of rejected rows, in either language.
OWN_NAMES = {"line", "outcome", "reason", "zeile", "ergebnis", "grund", "row"}
# Plugins add hundreds. A form for them all still fits a request (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_COLUMNS = 800
LONGEST_NAME = 255
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Layout:
    """Where each known column stands, and how many cells a row has."""

    places: dict[str, int]
    width: int
    header: tuple[str, ...]
    # Whose ids the file carries.
    source: str = "shopify"

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Columns that are not taken in, as the file names them."""
        taken = set(self.places.values())
        names = (name.strip() for place, name in enumerate(self.header) if place not in taken)
        return tuple(name for name in names if name and plain(name) not in OWN_NAMES)

    def errors_in(self, record: Record) -> list[Problem]:
        """Cells that a formula should have filled, of columns that are taken in."""
        return [
            Problem("cell_error", f"{self.header[place].strip()}: {error}")
            if error != UNCALCULATED
            else Problem("cell_uncalculated", self.header[place].strip())
            for place, error in record.errors.items()
            if place in self.places.values()
        ]


def plain(header: str) -> str:
    """A column's name as we compare it: exports and spreadsheets differ in case and spaces."""
    return " ".join(header.strip("\ufeff'\" ").lower().split())


def check_names(header: Sequence[str]) -> None:
    """Raises FileRefused for a first line that names no columns, or more than anybody has."""
    if any(map(CONTROL.search, header)):
        raise FileRefused("not_text")
    if len(header) > MOST_COLUMNS:
        raise FileRefused("too_many_columns", str(MOST_COLUMNS))
    if any(len(name) > LONGEST_NAME for name in header):
        raise FileRefused("long_name", str(LONGEST_NAME))


def placed(header: Sequence[str], names: Mapping[str, str], *, source: str = "shopify") -> Layout:
    """Where `names`, from a plain name to our word for it, stand. Raises FileRefused for two."""
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = names.get(plain(cell))
        if column and column in places:
            raise FileRefused("column_twice", cell.strip())
        if column:
            places[column] = place
    return Layout(places, len(header), tuple(header), source)


def sorted_out(kind: ImportKind, passed_over: Iterable[str]) -> tuple[list[str], list[str]]:
    """Columns that ShopDesk leaves out on purpose, and others: it does not know what they mean."""
    left_out: list[str] = []
    unknown: list[str] = []
    for name in passed_over:
        (left_out if kind.is_left_out(plain(name)) else unknown).append(name)
    return left_out, unknown
