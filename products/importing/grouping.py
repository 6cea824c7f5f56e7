"""Rows that follow one another and carry one handle are one product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from customers.importing.columns import Layout
from customers.importing.files import Record
from customers.importing.groups import has_room, size_of


def products_in(records: Iterable[Record], layout: Layout) -> Iterator[list[Record]]:
    """Each product's rows, in the order of the file. Holds one product at a time.

    What is too much (`is_cut`) is not held in memory.
    """
    place = layout.places["handle"]
    group: list[Record] = []
    handle, size = "", 0
    for record in records:
        found = record.cells[place].strip() if place < len(record.cells) else ""
        if group and found and found == handle:
            if has_room(len(group), size):
                group.append(record)
                size += size_of(record)
            continue
        if group:
            yield group
        group, handle, size = [record], found, 0
    if group:
        yield group
