"""A file as a table: what it holds, and its rows one by one, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple

from customers.importing.columns import Layout, check_names, keys, plain
from customers.importing.contents import names_columns
from customers.importing.files import Opener, Record, find_delimiter, find_encoding, lines, records
from customers.importing.groups import Weight, size_of
from customers.importing.kinds import import_kinds, kind_for, kind_named
from customers.importing.problems import FileRefused
from customers.importing.workbooks import reading as workbooks
from customers.importing.workbooks.container import OLE, ZIPS, refuse_ole
from customers.importing.workbooks.reading import find_sheet
from customers.importing.workbooks.texts import FAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers.importing.kinds import GroupReader, ImportKind, Row

# Rows that are looked at to tell what columns hold.
SAMPLE, SAMPLE_BYTES = 100, 2 * 10**6


@dataclass(frozen=True)
class Shape:
    """How the file is written. Enough to read it again without looking at all of it."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    # The sheet that is read, of a workbook; it has no encoding and no delimiter.
    sheet: str = ""
    # What somebody has said of a table's columns, by their keys.
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
    if may_ask and len(header.cells) == 1:
        sample = [*islice(rows, 1), *_some(rows)]
        rows, may_ask = iter(sample), _reaches_anybody(kind, header.cells, sample)
    layout = _layout(kind, header.cells, may_ask=may_ask)
    if next(rows, None) is None:
        raise FileRefused("no_rows")
    return Recognised(replace(written, kind=kind.name), layout, other_sheets)


def _some(rows: Iterator[Record]) -> Iterator[Record]:
    """So many that they tell what columns hold.

    What breaks off among them is told by whoever reads the rows to their end.
    """
    size = 0
    with suppress(FileRefused):
        for row in islice(rows, SAMPLE):
            yield row
            size += size_of(row)
            if size > SAMPLE_BYTES:
                break


def _reaches_anybody(kind: ImportKind, header: list[str], sample: list[Record]) -> bool:
    """Prose has a single column, too: nobody is asked about it."""
    guesses = kind.guesses(header, [row.cells for row in sample])
    if not guesses:
        return False
    try:
        kind.mapped(header, {keys(header)[place]: one.field for place, one in guesses.items()})
    except FileRefused:
        return False
    return True


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
    """The names of the columns, empty where the file has none, and the rows."""
    if shape.sheet:
        rows = workbooks.records(open_file(), shape.sheet, only_beginning=only_beginning)
    else:
        rows = records(open_file(), shape.encoding, shape.delimiter)
    for first in rows:
        if not names_columns(first.cells):
            yield Record(0, [""] * len(first.cells))
        yield first
        yield from rows


def _layout(kind: ImportKind, header: list[str], *, may_ask: bool) -> Layout | None:
    may_ask = may_ask and bool(kind.mappable)
    try:
        layout = kind.layout_of(header)
    except FileRefused as refusal:
        if may_ask and refusal.problem.code == "columns":
            return None
        raise
    return None if may_ask and kind.is_better_asked(layout) else layout


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
    """The names of the columns and the rows below them."""
    return list(islice(_records(open_file, shape, only_beginning=True), count + 1))


def sample_of(open_file: Opener, shape: Shape) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the cells of some rows below them."""
    rows = _records(open_file, shape, only_beginning=True)
    return next(rows).cells, [row.cells for row in _some(rows)]


def read_groups(
    open_file: Opener, shape: Shape, *, country: str, after_line: int, weight: Weight
) -> tuple[GroupReader, Iterator[list[Record]]]:
    """How to read the groups, and the groups, leaving out those that begin up to `after_line`.

    Raises FileRefused with the line at which the file breaks off being a table.
    """
    layout, rows = read_records(open_file, shape)
    kind = kind_named(shape.kind)
    groups = kind.groups(layout, weight.of(rows))
    behind = (group for group in groups if group[0].line > after_line)
    return kind.reader(layout, country=country), behind


def read_rows(open_file: Opener, shape: Shape, *, country: str) -> Iterator[Row]:
    """What the file holds, in its order. Raises as `read_groups` does."""
    weight = Weight()
    read, groups = read_groups(open_file, shape, country=country, after_line=0, weight=weight)
    return map(read, groups)
