"""A file as a table: what it holds, and its rows one by one, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.importing.columns import Layout, plain
from customers.importing.files import Chunks, Record, find_delimiter, find_encoding, lines, records
from customers.importing.kinds import import_kinds, kind_for, kind_named
from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customers.importing.kinds import Row


@dataclass(frozen=True)
class Shape:
    """How the file is written. Enough to read it again without looking at all of it."""

    kind: str
    encoding: str
    delimiter: str
    # Columns that are not taken in, by the names that the file gives them.
    passed_over: tuple[str, ...] = ()


def recognise(chunks: Chunks, name: str = "") -> Shape:
    """Find out what the file holds, unless that is told, and how it is written. Reads it once.

    Raises FileRefused, with a sentence for whoever chose the file.
    """
    encoding = find_encoding(chunks)
    delimiter = find_delimiter(_first_line(chunks(), encoding), _is_known)
    rows = records(chunks(), encoding, delimiter)
    header = next(rows, None)
    if header is None:
        raise FileRefused("empty")
    names = frozenset(plain(cell) for cell in header.cells)
    kind = kind_named(name) if name else kind_for(names)
    layout = kind.layout_of(header.cells)
    if next(rows, None) is None:
        raise FileRefused("no_rows")
    return Shape(kind.name, encoding, delimiter, layout.passed_over)


def _is_known(cell: str) -> bool:
    return any(kind.is_known(plain(cell)) for kind in import_kinds.entries())


def _first_line(chunks: Iterable[bytes], encoding: str) -> str:
    for line in lines(chunks, encoding):
        if line.strip() and line[:4].lower() != "sep=":
            return line
    return ""


def read_records(chunks: Chunks, shape: Shape) -> tuple[Layout, Iterator[Record]]:
    """The layout, and the raw rows below the first line."""
    rows = records(chunks(), shape.encoding, shape.delimiter)
    return kind_named(shape.kind).layout_of(next(rows).cells), rows


def read_rows(chunks: Chunks, shape: Shape, *, country: str, after_line: int = 0) -> Iterator[Row]:
    """What the file holds, in its order, leaving out what begins up to `after_line`.

    Raises FileRefused with the line at which the file breaks off being a table.
    """
    layout, rows = read_records(chunks, shape)
    return kind_named(shape.kind).read(layout, rows, country=country, after_line=after_line)
