"""A file as customers: what it is, and its rows one by one, whatever its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customers.importing.files import Chunks, Record, find_delimiter, find_encoding, lines, records
from customers.importing.layouts import Layout, is_known, layout_of
from customers.importing.problems import FileRefused
from customers.importing.rows import CustomerRow, RowReader

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Shape:
    """How the file is written. Enough to read it again without looking at all of it."""

    encoding: str
    delimiter: str
    # Columns that are not taken in, by the names that the file gives them.
    passed_over: tuple[str, ...] = ()


def recognise(chunks: Chunks) -> Shape:
    """Find out how the file is written and that it is an export of customers. Reads it once.

    Raises FileRefused, with a sentence for whoever chose the file.
    """
    encoding = find_encoding(chunks)
    shape = Shape(encoding, find_delimiter(_first_line(chunks(), encoding), is_known))
    rows = records(chunks(), shape.encoding, shape.delimiter)
    header = next(rows, None)
    if header is None:
        raise FileRefused("empty")
    layout = layout_of(header.cells)
    if next(rows, None) is None:
        raise FileRefused("no_rows")
    return replace(shape, passed_over=layout.passed_over)


def _first_line(chunks: Iterable[bytes], encoding: str) -> str:
    for line in lines(chunks, encoding):
        if line.strip() and line[:4].lower() != "sep=":
            return line
    return ""


def read_records(chunks: Chunks, shape: Shape) -> tuple[Layout, Iterator[Record]]:
    """The layout, and the raw rows below the first line."""
    rows = records(chunks(), shape.encoding, shape.delimiter)
    return layout_of(next(rows).cells), rows


def read_customers(
    chunks: Chunks, shape: Shape, *, country: str, after_line: int = 0
) -> Iterator[CustomerRow]:
    """The customers of the file in its order, leaving out those up to `after_line`.

    Raises FileRefused with the line at which the file breaks off being a table.
    """
    layout, rows = read_records(chunks, shape)
    reader = RowReader(layout, country=country)
    for record in rows:
        if record.line > after_line:
            yield reader.read(record)
