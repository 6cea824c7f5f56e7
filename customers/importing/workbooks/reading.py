"""Which sheet of a workbook is the table, and its rows one by one, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, NamedTuple

from customers.importing.problems import FileRefused
from customers.importing.workbooks.container import Container
from customers.importing.workbooks.numbers import formats
from customers.importing.workbooks.sheet import Rows
from customers.importing.workbooks.texts import Beginning, Texts
from customers.importing.workbooks.xml import Damaged, damage_told, elements, parse, referred

if TYPE_CHECKING:
    from customers.importing.files import Record

LONGEST_NAME = 100
# A table that has not begun by then is none: empty rows with a format go on for a million lines.
BEGINNING = 16 * 10**6
# Of all sheets together that have no rows.
ALL_BEGINNINGS = 10 * BEGINNING
SHEETS_LOOKED_AT = 50
# Of so many rows the longest is the table's width.
WIDTH_ROWS = 20


class Sheet(NamedTuple):
    name: str
    part: str
    is_hidden: bool


class Found(NamedTuple):
    """The sheet that is read, and others that have rows as well."""

    name: str
    others: list[str]


class Workbook:
    """Its sheets, and what their cells share: of that only the beginning, if no more is asked."""

    def __init__(self, stream: IO[bytes], *, only_beginning: bool) -> None:
        self._only_beginning = only_beginning
        self._parts = Container(stream)
        main = next((one for one in self._parts.relations() if one.use == "officeDocument"), None)
        if main is None:
            raise FileRefused("no_table")
        self._needed = self._parts.relations(main.part)
        uses = [(one.id, one.part) for one in self._needed if one.id and one.use == "worksheet"]
        self._worksheets = dict(reversed(uses))
        self._since_1904 = False
        self.sheets: list[Sheet] = []
        for name, attributes in elements(self._parts.description(main.part)):
            if name == "workbookPr":
                self._since_1904 = attributes.get("date1904") in {"1", "true"}
            elif name == "sheet":
                self._add_sheet(attributes)
        if not self.sheets:
            raise FileRefused("no_table")

    def _add_sheet(self, attributes: dict[str, str]) -> None:
        """Charts have sheets of their own, which hold no cells."""
        part = self._worksheets.get(referred(attributes))
        if part is not None:
            name = attributes.get("name", "")[:LONGEST_NAME] or part[-LONGEST_NAME:]
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(Sheet(name, part, is_hidden))

    def rows(self, sheet: Sheet, *, at_most: int | None = None) -> Iterator[Record]:
        """As long as each row is. Looks at no more than `at_most` bytes of the unpacked sheet."""
        rows = Rows(self._texts, self._formats, since_1904=self._since_1904)
        for _ in parse(self._parts.open(sheet.part), rows, at_most=at_most):
            yield from rows.found
            rows.found.clear()

    def size(self, sheet: Sheet) -> int:
        """Unpacked."""
        return self._parts.size(sheet.part)

    def close(self) -> None:
        self._texts.close()

    # Read once, however many sheets are looked at.
    @cached_property
    def _texts(self) -> Texts:
        part = self._part_for("sharedStrings")
        stream = self._parts.open(part) if part else None
        if self._only_beginning:
            return Beginning(stream, self._parts.size(part) if part else 0)
        return Texts(stream)

    @cached_property
    def _formats(self) -> list[str]:
        part = self._part_for("styles")
        return formats(elements(self._parts.description(part))) if part else []

    def _part_for(self, use: str) -> str:
        found = (one.part for one in self._needed if one.use == use)
        return next((part for part in found if self._parts.has(part)), "")


def find_sheet(stream: IO[bytes]) -> Found:
    """The first sheet that has rows and is to be seen. Raises FileRefused."""
    with damage_told(), closing(Workbook(stream, only_beginning=True)) as workbook:
        seen = [sheet for sheet in workbook.sheets if not sheet.is_hidden][:SHEETS_LOOKED_AT]
        filled, left = [], ALL_BEGINNINGS
        for one in seen:
            if next(workbook.rows(one, at_most=BEGINNING), None):
                filled.append(one.name)
            else:
                left -= min(workbook.size(one), BEGINNING)
            if left < 0:
                break
    if not filled:
        raise FileRefused("no_sheet" if len(workbook.sheets) > 1 else "empty")
    return Found(filled[0], filled[1:])


def records(stream: IO[bytes], name: str, *, only_beginning: bool = False) -> Iterator[Record]:
    """The rows of a sheet, all of them as wide as its table. Raises FileRefused.

    With `only_beginning` what stands behind a great many empty cells is not looked for, and a text
    behind a great many others is FAR.
    """
    with damage_told(), closing(Workbook(stream, only_beginning=only_beginning)) as workbook:
        sheet = next((one for one in workbook.sheets if one.name == name), None)
        if sheet is None:
            raise Damaged
        rows = workbook.rows(sheet, at_most=BEGINNING if only_beginning else None)
        first = list(islice(rows, WIDTH_ROWS))
        width = max((len(record.cells) for record in first), default=0)
        for record in chain(first, rows):
            record.cells.extend([""] * (width - len(record.cells)))
            del record.cells[width:]
            yield record
