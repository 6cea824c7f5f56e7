"""Rows that follow one another and carry one order's name are that order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from customers.importing.columns import Layout
from customers.importing.files import Record
from customers.importing.groups import has_room, size_of


def orders_in(records: Iterable[Record], layout: Layout) -> Iterator[list[Record]]:
    """Each order's rows, in the order of the file. Holds one order at a time.

    An Id of its own begins another order, also under the same name. What is too much
    (`is_cut`) is not held in memory.
    """
    of_name, of_id = layout.places["name"], layout.places.get("external_id", layout.width)
    group: list[Record] = []
    name, own_id, size = "", "", 0
    for record in records:
        cells = record.cells
        found = cells[of_name] if of_name < len(cells) else ""
        found_id = cells[of_id] if of_id < len(cells) else ""
        if group and found == name and (not found_id or not own_id or found_id == own_id):
            if has_room(len(group), size):
                group.append(record)
                size += size_of(record)
            own_id = own_id or found_id
            continue
        if group:
            yield group
        group, name, own_id, size = [record], found, found_id, 0
    if group:
        yield group
