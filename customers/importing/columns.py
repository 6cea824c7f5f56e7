"""The first line of a file: which column holds what. A column counts by its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING
from unicodedata import combining

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
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Layout:
    """Where each known column stands, and how many cells a row has."""

    places: dict[str, int]
    width: int
    header: tuple[str, ...]
    # Whose ids the file carries.
    source: str = "shopify"
    # Further columns for the same.
    further: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def taken(self) -> set[int]:
        return {*self.places.values(), *chain(*self.further.values())}

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Columns that are not taken in, as the file names them."""
        taken = self.taken
        names = (name.strip() for place, name in enumerate(self.header) if place not in taken)
        return tuple(name for name in names if name and plain(name) not in OWN_NAMES)

    def errors_in(self, record: Record) -> list[Problem]:
        """Cells that a formula should have filled, of columns that are taken in."""
        if not record.errors:
            return []
        taken = self.taken
        return [
            Problem("cell_error", f"{self._name_of(place)}: {error}")
            if error != UNCALCULATED
            else Problem("cell_uncalculated", self._name_of(place))
            for place, error in record.errors
            if place in taken
        ]

    def _name_of(self, place: int) -> str:
        return self.header[place].strip() or str(place + 1)

    def misfit(self, record: Record) -> Problem:
        """How many cells the row should have, and how many it has."""
        return Problem("width", f"{self.width}/{len(record.cells)}")


def plain(header: str) -> str:
    """A column's name as we compare it: exports and spreadsheets differ in case and spaces."""
    return " ".join(header.strip("\ufeff'\" ").lower().split())


def words_of(name: str) -> str:
    """A column's name as people say it: "E-Mail-Adresse" and "e_mail Adresse" are one."""
    text = unicodedata.normalize("NFKC", name).lower().translate(UMLAUTS)
    letters = unicodedata.normalize("NFKD", text)
    return " ".join(WORDS.findall("".join(one for one in letters if not combining(one))))


def keys(header: Sequence[str]) -> list[str]:
    """What each column is known by: its plain name, or where it has none its place.

    Of two with one name the second is known as such.
    """
    found: dict[str, None] = {}
    for place, name in enumerate(header, start=1):
        key = first = plain(name) or f"column {place}"
        number = 1
        while key in found:
            number += 1
            key = f"{first} ({number})"
        found[key] = None
    return list(found)


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
