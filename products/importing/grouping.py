"""Rows that follow one another and carry one handle are one product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from customers.importing.columns import Layout
from customers.importing.files import Record

# More rows than any product has variants and pictures: what goes beyond is not held in memory.
MOST_ROWS = 4000


def products_in(records: Iterable[Record], layout: Layout) -> Iterator[list[Record]]:
    """Each product's rows, in the order of the file. Holds one product at a time.

    Of one with too many rows the first of those too many is the last that comes.
    """
    place = layout.places["handle"]
    group: list[Record] = []
    handle = ""
    for record in records:
        found = record.cells[place].strip() if place < len(record.cells) else ""
        if group and found and found == handle:
            if len(group) <= MOST_ROWS:
                group.append(record)
            continue
        if group:
            yield group
        group, handle = [record], found
    if group:
        yield group
