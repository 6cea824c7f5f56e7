"""Rows that follow one another and carry one order's name are that order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from customers.importing.columns import Layout
from customers.importing.files import Record

# More rows than any order has lines: what goes beyond is not held in memory.
MOST_ROWS = 4000


def orders_in(records: Iterable[Record], layout: Layout) -> Iterator[list[Record]]:
    """Each order's rows, in the order of the file. Holds one order at a time.

    An Id of its own begins another order, also under the same name. Of one with too many rows the
    first of those too many is the last that comes.
    """
    of_name, of_id = layout.places["name"], layout.places.get("external_id", layout.width)
    group: list[Record] = []
    name = own_id = ""
    for record in records:
        cells = record.cells
        found = cells[of_name] if of_name < len(cells) else ""
        found_id = cells[of_id] if of_id < len(cells) else ""
        if group and found == name and (not found_id or not own_id or found_id == own_id):
            if len(group) <= MOST_ROWS:
                group.append(record)
            own_id = own_id or found_id
            continue
        if group:
            yield group
        group, name, own_id = [record], found, found_id
    if group:
        yield group
