"""Files read by two processes, and by one, and which processes there are."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from customers.importing.beside import SecondReader, Sharing, Values, ValuesOf, batches_of
from customers.importing.files import Record
from customers.importing.groups import Weight
from customers.importing.kinds import kind_named
from customers.importing.problems import FileRefused
from customers.importing.reading import read_groups, recognise
from tests.customers.import_files import opener
from tests.waiting import wait_until

NASTY = [
    *("", " ", "'", "''", "'+49 170 1", "'00123", "=1+1", "\0", "ä" * 300, "ß\n'=x", "x,y;z"),
    *("1.234,56 €", "-3", "1e99", "Nirgendwo", "Atlantis", "7,21E+12", "'7210448301122"),
    *("2025-13-45", "2025-05-11 09:55:16 -0400", "a@b@c", "JANA@Example.DE", "yes", "maybe"),
    *("paid", "refunded", "variation", "variable", "1000001", "\u202etxet", "VIP, vip, 'VIP"),
]


def messy(rows: Sequence[dict[str, str]], *, seed: int) -> Iterator[dict[str, str]]:
    """The same rows, in each of which something else is wrong; some are sorted apart."""
    chance = random.Random(seed)
    rows = [dict(row) for row in rows]
    for row in rows:
        for name in chance.sample(list(row), k=min(len(row), chance.randrange(4))):
            row[name] = chance.choice(NASTY)
    for _ in range(len(rows) // 10):
        rows.append(rows.pop(chance.randrange(len(rows))))
    yield from rows


@dataclass
class Counting:
    """Counts what is read in this process."""

    read: ValuesOf
    count: int = 0

    def __call__(self, group: list[Record]) -> Values:
        self.count += 1
        return self.read(group)


@dataclass
class Outcome:
    """Of a file: what its groups came to, and why it broke off."""

    values: list[Values]
    refusal: tuple[str, int | None] | None = None

    def take(self, values: Iterator[Values]) -> None:
        try:
            self.values.extend(values)
        except FileRefused as refused:
            self.refusal = (refused.problem.code, refused.line)


def opened(content: bytes) -> tuple[ValuesOf, Iterator[list[Record]], Weight]:
    open_file, weight = opener(content), Weight()
    shape = recognise(open_file).shape
    read, groups = read_groups(open_file, shape, country="DE", after_line=0, weight=weight)
    return ValuesOf(kind_named(shape.kind), read), groups, weight


def read_alone(content: bytes) -> Outcome:
    read, groups, _weight = opened(content)
    outcome = Outcome([])
    outcome.take(map(read, groups))
    return outcome


def read_by_two(
    content: bytes, *, before: Callable[[Counting], object] = bool
) -> tuple[Outcome, int]:
    """And how many groups were read in this process. `before` is called once there are two."""
    read, groups, weight = opened(content)
    outcome, counting = Outcome([]), Counting(read)
    with closing(SecondReader(read)) as second:
        wait_until(second.has_answered, what="the second process")
        values = Sharing(counting, second).values(batches_of(groups, weight))
        before(counting)
        outcome.take(values)
    return outcome, counting.count


def second_readers(parent: int | None = None) -> list[int]:
    """Of that process, or of this one."""
    ours = str(parent or os.getpid())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_one = b"customers.importing.second" in (folder / "cmdline").read_bytes()
            if is_one and (folder / "stat").read_text().rpartition(")")[2].split()[1] == ours:
                found.append(int(folder.name))
    return found
