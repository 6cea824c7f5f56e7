"""A file as a table: what it holds, and its rows one by one, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple

from customers.importing.columns import Layout, check_names, plain
from customers.importing.files import Opener, Record, find_delimiter, find_encoding, lines, records
from customers.importing.kinds import import_kinds, kind_for, kind_named
from customers.importing.problems import FileRefused
from customers.importing.workbooks import reading as workbooks
from customers.importing.workbooks.container import OLE, ZIPS, refuse_ole
from customers.importing.workbooks.reading import find_sheet
from customers.importing.workbooks.texts import FAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers.importing.groups import Weight
    from customers.importing.kinds import ImportKind, Row


@dataclass(frozen=True)
class Shape:
    """How the file is written. Enough to read it again without looking at all of it."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    # The sheet that is read, of a workbook; it has no encoding and no delimiter.
    sheet: str = ""
    # What somebody has said of a table's columns, by their plain names.
    mapping: Mapping[str, str] = field(default_factory=dict)


class Recognised(NamedTuple):
    """How the file is written, and where its columns stand; None: somebody has to say it."""

    shape: Shape
    layout: Layout | None
    # Of a workbook: sheets that have rows as well and are not read.
    other_sheets: list[str]


def recognise(open_file: Opener, name: str = "", *, may_ask: bool = False) -> Recognised:
    """Find out what the file holds, unless that is told, and how it is written. Reads it once.

    Raises FileRefused, with a sentence for whoever chose the file. If somebody `may_ask`, columns
    that nobody knows are no reason.
    """
    written, other_sheets = _written(open_file)
    rows = _records(open_file, written, only_beginning=True)
    header = next(rows, None)
    if header is None:
        raise FileRefused("empty")
    if written.sheet and FAR in header.cells:
        raise FileRefused("far_names")
    check_names(header.cells)
    names = frozenset(plain(cell) for cell in header.cells)
    kind = kind_named(name) if name else kind_for(names)
    layout = _layout(kind, header.cells, may_ask=may_ask and len(header.cells) > 1)
    if next(rows, None) is None:
        raise FileRefused("no_rows")
    return Recognised(replace(written, kind=kind.name), layout, other_sheets)


def _written(open_file: Opener) -> tuple[Shape, list[str]]:
    """How the file is written, before anybody knows what it holds; and sheets that are not read."""
    start = open_file().read(4)
    if start in ZIPS:
        sheet, others = find_sheet(open_file())
        return Shape("", sheet=sheet), others
    if start == OLE:
        refuse_ole(open_file())
    encoding = find_encoding(open_file)
    return Shape("", encoding, find_delimiter(_first_line(open_file(), encoding), _is_known)), []


def _records(open_file: Opener, shape: Shape, *, only_beginning: bool = False) -> Iterator[Record]:
    if shape.sheet:
        return workbooks.records(open_file(), shape.sheet, only_beginning=only_beginning)
    return records(open_file(), shape.encoding, shape.delimiter)


def _layout(kind: ImportKind, header: list[str], *, may_ask: bool) -> Layout | None:
    try:
        return kind.layout_of(header)
    except FileRefused as refusal:
        if may_ask and kind.mappable and refusal.problem.code == "columns":
            return None
        raise


def _is_known(cell: str) -> bool:
    return any(kind.is_known(plain(cell)) for kind in import_kinds.entries())


def _first_line(stream: IO[bytes], encoding: str) -> str:
    for line in lines(stream, encoding):
        if line.strip() and line[:4].lower() != "sep=":
            return line
    return ""


def read_records(open_file: Opener, shape: Shape) -> tuple[Layout, Iterator[Record]]:
    """The layout, and the raw rows below the first line."""
    rows = _records(open_file, shape)
    kind, header = kind_named(shape.kind), next(rows).cells
    if shape.mapping:
        return kind.mapped(header, shape.mapping), rows
    return kind.layout_of(header), rows


def first_records(open_file: Opener, shape: Shape, count: int) -> list[Record]:
    """The first line and the rows below it."""
    return list(islice(_records(open_file, shape, only_beginning=True), count + 1))


def read_rows(
    open_file: Opener,
    shape: Shape,
    *,
    country: str,
    after_line: int = 0,
    weight: Weight | None = None,
) -> Iterator[Row]:
    """What the file holds, in its order, leaving out what begins up to `after_line`.

    Raises FileRefused with the line at which the file breaks off being a table.
    """
    layout, rows = read_records(open_file, shape)
    if weight:
        rows = weight.of(rows)
    return kind_named(shape.kind).read(layout, rows, country=country, after_line=after_line)
