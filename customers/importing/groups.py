"""Rows that belong together are held together: no more of them than anybody has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from customers.importing.files import Record

Read = TypeVar("Read")
# More than any order has lines, and any product variants and pictures.
MOST_ROWS = 4000
# Of those rows, but for the first. They may have more cells than the table, or long ones.
MOST_BYTES = 64 * 10**6
# What a cell takes beside its letters.
CELL = 8


def size_of(record: Record) -> int:
    """About as many bytes as its cells take."""
    return CELL * len(record.cells) + record.letters


class Weight:
    """Of what has been read of a file: about as many bytes as all its cells took."""

    def __init__(self) -> None:
        self.bytes = 0

    def of(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records; each counts when it is asked for."""
        for record in records:
            self.bytes += size_of(record)
            yield record


def has_room(rows: int, size: int) -> bool:
    """Whether to rows of that number and size another one is added."""
    return rows <= MOST_ROWS and size <= MOST_BYTES


def is_cut(group: Sequence[Record]) -> bool:
    """Whether there were too many rows: the first of those too many is the last that is here.

    To be asked before any of them is changed.
    """
    return not has_room(len(group), sum(map(size_of, group[1:])))


@dataclass(frozen=True)
class Alone(Generic[Read]):
    """Reads groups of rows that stand alone."""

    read: Callable[[Record], Read]

    def __call__(self, group: list[Record]) -> Read:
        (record,) = group
        return self.read(record)
