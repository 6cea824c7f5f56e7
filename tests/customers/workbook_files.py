"""Workbooks as programs write them, and as nobody should: made part by part for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'

# What a cell holds: a text, a number, yes or no, nothing, or the XML of a cell without its place.
Cell = str | int | float | bool | None


class Raw(str):
    """A cell as XML, with {at} for its place."""

    __slots__ = ()


@dataclass
class Sheet:
    rows: Sequence[Sequence[Cell]]
    name: str = "Sheet1"
    state: str = "visible"
    # Rows have these numbers; by default they follow one another from the first.
    lines: Sequence[int] = ()
    # What stands around the rows.
    before: str = ""
    after: str = ""


@dataclass
class Book:
    """A workbook of some sheets. `parts` add to or replace what it is made of; None leaves out."""

    sheets: Sequence[Sheet]
    styles: str = ""
    is_1904: bool = False
    inline: bool = False
    parts: Mapping[str, str | bytes | None] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)

    def content(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in (self._made() | dict(self.parts)).items():
                if part is not None:
                    archive.writestr(name, part)
        return packed.getvalue()

    def _made(self) -> dict[str, str | bytes | None]:
        sheets = {
            f"xl/worksheets/sheet{number}.xml": self._sheet(sheet)
            for number, sheet in enumerate(self.sheets, start=1)
        }
        targets = [(f"worksheets/sheet{at}.xml", "worksheet") for at in range(1, len(sheets) + 1)]
        targets += [("sharedStrings.xml", "sharedStrings"), ("styles.xml", "styles")]
        return {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": relations([("xl/workbook.xml", "officeDocument")]),
            "xl/workbook.xml": self._workbook(),
            "xl/_rels/workbook.xml.rels": relations(targets),
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{self.styles}</styleSheet>',
            **sheets,
            "xl/sharedStrings.xml": shared(f"<t>{escape(text)}</t>" for text in self.texts),
        }

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{at}" state="{sheet.state}"'
            f' r:id="rId{at}"/>'
            for at, sheet in enumerate(self.sheets, start=1)
        )
        day = f'<workbookPr date1904="{int(self.is_1904)}"/>'
        return (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{day}<sheets>{sheets}</sheets></workbook>'
        )

    def _sheet(self, sheet: Sheet) -> str:
        lines = sheet.lines or range(1, len(sheet.rows) + 1)
        rows = "".join(
            f'<row r="{line}">{"".join(self._cells(line, row))}</row>'
            for line, row in zip(lines, sheet.rows, strict=True)
        )
        return worksheet(rows, before=sheet.before, after=sheet.after)

    def _cells(self, line: int, row: Sequence[Cell]) -> Iterable[str]:
        for place, cell in enumerate(row):
            at = f'r="{letters(place)}{line}"'
            if isinstance(cell, Raw):
                yield cell.replace("{at}", at)
            elif isinstance(cell, bool):
                yield f'<c {at} t="b"><v>{int(cell)}</v></c>'
            elif isinstance(cell, int | float):
                yield f"<c {at}><v>{cell!r}</v></c>"
            elif cell and self.inline:
                yield f'<c {at} t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            elif cell:
                number = self.texts.setdefault(cell, len(self.texts))
                yield f'<c {at} t="s"><v>{number}</v></c>'


def workbook(*rows: Sequence[Cell]) -> bytes:
    """One sheet with these rows."""
    return Book([Sheet(rows)]).content()


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def shared(texts: Iterable[str]) -> str:
    """The table of texts; each is the XML within its element."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'


def relations(targets: Iterable[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{use}" Target="{target}"/>'
        for number, (target, use) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{found}</Relationships>'


def styled(*codes: str | int) -> str:
    """Styles 1, 2, …: a format's code each, or the number of one that is built in."""
    own = {code: 200 + at for at, code in enumerate(codes) if isinstance(code, str)}
    formats = "".join(
        f"<numFmt numFmtId=\"{number}\" formatCode='{code}'/>" for code, number in own.items()
    )
    cells = "".join(
        f'<xf numFmtId="{own[code] if isinstance(code, str) else code}"/>' for code in codes
    )
    other = '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    return f'<numFmts>{formats}</numFmts>{other}<cellXfs><xf numFmtId="0"/>{cells}</cellXfs>'


def letters(place: int) -> str:
    """The letters of a column, from 0."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found
