"""The rows of a sheet, one after the other, each with the number that it has in the sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from customers.importing import columns
from customers.importing.files import LONGEST_LINE, UNCALCULATED, Record
from customers.importing.problems import FileRefused
from customers.importing.workbooks.numbers import shown
from customers.importing.workbooks.texts import LONGEST_TEXT, unescaped
from customers.importing.workbooks.xml import DEEPEST, Attributes, Damaged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.parsers.expat import XMLParserType

    from customers.importing.workbooks.texts import Texts

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
# Of cells behind the last column that is read one is kept, which tells that there are any: a row of
# a single cell far to the right would be as long as the sheet is wide.
LAST_PLACE = columns.MOST_COLUMNS
# One more than the last column has: enough to be beyond it.
MOST_LETTERS = 4
# "#GETTING_DATA" is the longest there is; what a file says instead is told in part.
LONGEST_ERROR = 40
# A cell, a row, a formula, how a text is pronounced, and what a cell holds: a value or a text.
NAMES = ("c", "row", "f", "rPh", "v", "t")


class Rows:
    """Collects rows in `found` while a sheet is parsed. Blank ones are left out."""

    def __init__(self, texts: Texts, formats: Sequence[str], *, since_1904: bool) -> None:
        self.found: list[Record] = []
        self.line = 0
        self._texts, self._formats, self._since_1904 = texts, formats, since_1904
        # Of the elements that hold rows; all others are passed over.
        self._c, self._row, self._f, self._rph, *self._values = NAMES
        # The row at hand.
        self._cells: list[str] | None = None
        self._errors: dict[int, str] = {}
        self._length = 0
        # The cell at hand.
        self._cell: Attributes | None = None
        self._place = -1
        self._parts: list[str] = []
        self._is_text = self._has_value = self._has_formula = False
        # Elements that are passed over: how deep they are nested, and in what is not to be read.
        self._depth = self._hushed = 0

    def begin(self, parser: XMLParserType, prefix: str) -> None:
        self._c, self._row, self._f, self._rph, *self._values = (prefix + one for one in NAMES)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    # Called for each element: what is short stands here, as calls are what reading costs.
    def _start(self, name: str, attributes: Attributes) -> None:
        if name == self._c:
            if self._cells is None or self._cell is not None:
                raise Damaged
            self._cell, self._parts = attributes, []
            self._has_value = self._has_formula = False
            at = attributes.get("r")
            place = column(at.rstrip("0123456789")) if at else self._place + 1
            self._place = min(place, LAST_PLACE)
        elif name in self._values:
            if self._is_text:
                raise Damaged
            # Beyond rows the same names stand for other things.
            self._is_text = self._cell is not None and not self._hushed
            self._has_value = True
        elif name == self._row:
            self._start_row(attributes)
        else:
            self._depth += 1
            self._has_formula = self._has_formula or name == self._f
            self._hushed += name == self._rph
            if self._depth > DEEPEST:
                raise Damaged

    def _end(self, name: str) -> None:
        if name in self._values:
            self._is_text = False
        elif name == self._c:
            self._end_cell()
        elif name == self._row:
            self._end_row()
        else:
            self._depth -= 1
            self._hushed -= name == self._rph

    def _start_row(self, attributes: Attributes) -> None:
        line = int(attributes.get("r") or self.line + 1)
        if self._cells is not None or not self.line < line <= MOST_ROWS:
            raise Damaged
        self.line, self._cells, self._errors = line, [], {}
        self._place, self._length = -1, 0

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)
            self._length += len(text)
            if self._length > LONGEST_LINE:
                self._refuse_row()

    def _refuse_row(self) -> NoReturn:
        raise FileRefused("long_row", line=self.line)

    def _end_cell(self) -> None:
        attributes, cells, place = self._cell or {}, self._cells, self._place
        self._cell = None
        text = "".join(self._parts)
        if (kind := attributes.get("t")) == "s":
            text = self._texts[int(text)] if text else ""
            # Held once for each cell that names it.
            self._length += len(text)
            if self._length > LONGEST_LINE:
                self._refuse_row()
        elif kind is not None or not text.isdecimal() or "s" in attributes:
            text = self._said(text, kind or "n", attributes.get("s", "0"))
        if not text or cells is None:
            return
        if len(cells) == place:
            cells.append(text)
        else:
            cells.extend([""] * (place + 1 - len(cells)))
            cells[place] = text

    def _said(self, text: str, kind: str, style: str) -> str:
        if self._has_formula and not self._has_value:
            self._errors[self._place] = UNCALCULATED
        if kind == "n":
            number = int(style)
            form = self._formats[number] if number < len(self._formats) else ""
            return shown(text, form, since_1904=self._since_1904)
        if kind == "b":
            return {"1": "TRUE", "true": "TRUE", "": ""}.get(text, "FALSE")
        if kind == "e":
            self._errors[self._place] = text[:LONGEST_ERROR]
            return ""
        if len(text) > LONGEST_TEXT:
            raise FileRefused("long_text", line=self.line)
        return text.removesuffix("T00:00:00") if kind == "d" else unescaped(text)

    def _end_row(self) -> None:
        cells, self._cells = self._cells or [], None
        if cells or self._errors:
            errors = tuple(self._errors.items())
            self.found.append(Record(self.line, cells, errors, self._length))


@lru_cache(maxsize=2 * MOST_COLUMNS)
def column(letters: str) -> int:
    """The place of a column by its letters, from 0. Raises Damaged beyond XFD."""
    place = 0
    for letter in letters[:MOST_LETTERS]:
        place = place * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter.upper()) + 1
    if not 0 < place <= MOST_COLUMNS:
        raise Damaged
    return place - 1
