"""What the groups of a file's records come to, read by two processes (decision 15).

This one cuts the file into batches, gives as many as it can to the other and reads on meanwhile. It
takes what was read in the file's order: whoever reads, the same comes of it. The other process may
be lost: what it has not answered is read here.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

from django.conf import settings

from customers.importing.problems import FileRefused

if TYPE_CHECKING:
    from customers.importing.files import Record
    from customers.importing.groups import Weight
    from customers.importing.kinds import GroupReader, ImportKind

Values = Sequence[Any]

# Groups of a batch. Fewer where they are heavy, or take long to come out of the file.
BATCH, BATCH_BYTES, BATCH_SECONDS = 100, 10**6, 1
# So many groups are read by one: the other process takes longer to start.
ALONE = 5000
# Given and not answered yet: the other process has enough to do while rows are staged here.
MOST_GIVEN = 20
# Read here or there, behind one that is not.
MOST_HELD = 2 * MOST_GIVEN


@dataclass(frozen=True)
class ValuesOf:
    """What a group comes to in its kind's staging table, in whichever process."""

    kind: ImportKind
    read: GroupReader

    def __call__(self, group: list[Record]) -> Values:
        return self.kind.values(self.read(group))


@dataclass(slots=True)
class Batch:
    groups: list[list[Record]]
    # None as long as the other process has it.
    values: list[Values] | None = None


class Lost(Exception):
    """The other process has ended, or its connection has."""


def values_of(
    groups: Iterator[list[Record]], read: ValuesOf, *, weight: Weight
) -> Generator[Values]:
    """The values of each group, in the file's order. To be closed.

    `weight` counts what is read of the file. Raises FileRefused behind all that came before it.
    """
    yield from map(read, islice(groups, ALONE) if settings.IMPORT_AHEAD else groups)
    batches = batches_of(groups, weight)
    if (first := next(batches, None)) is not None:
        with closing(SecondReader(read)) as second:
            yield from Sharing(read, second).values(chain([first], batches))


def batches_of(groups: Iterator[list[Record]], weight: Weight) -> Iterator[Batch]:
    """Raises FileRefused where the file breaks off, behind a batch of what was there."""
    while True:
        batch, before, begun = Batch([]), weight.bytes, time.monotonic()
        try:
            for group in islice(groups, BATCH):
                batch.groups.append(group)
                is_heavy = weight.bytes - before > BATCH_BYTES
                if is_heavy or time.monotonic() - begun > BATCH_SECONDS:
                    break
        except FileRefused:
            yield batch
            raise
        if not batch.groups:
            return
        yield batch


class Sharing:
    """Batches that are on their way, in the file's order."""

    def __init__(self, read: ValuesOf, second: SecondReader) -> None:
        self._read, self._second = read, second
        self._held: deque[Batch] = deque()

    def values(self, batches: Iterable[Batch]) -> Iterator[Values]:
        try:
            for batch in batches:
                yield from self._take(batch)
        except FileRefused:
            yield from self._rest()
            raise
        yield from self._rest()

    def _take(self, batch: Batch) -> Iterator[Values]:
        """Have it read, and go on with whatever is ready."""
        self._held.append(batch)
        if not self._second.takes(batch):
            self._read_here(batch)
        while self._held and (len(self._held) > MOST_HELD or self._is_ready()):
            yield from self._next()

    def _rest(self) -> Iterator[Values]:
        while self._held:
            yield from self._next()

    def _is_ready(self) -> bool:
        return self._held[0].values is not None or self._second.has_answered()

    def _next(self) -> list[Values]:
        batch = self._held.popleft()
        if batch.values is None:
            try:
                return self._second.answer()
            except Lost:
                self._read_here(batch)
        assert batch.values is not None
        return batch.values

    def _read_here(self, batch: Batch) -> None:
        batch.values = [self._read(group) for group in batch.groups]


class SecondReader:
    """The other process (`customers.importing.second`). It answers in the order of its batches.

    It ends when its connection does: also when this process is killed.
    """

    def __init__(self, read: ValuesOf) -> None:
        self._read, self._given = read, 0
        self._is_there, self._is_lost = False, False
        self._connection, theirs = Pipe()
        with theirs:
            self._process = _started(theirs.fileno())

    def close(self) -> None:
        """Whatever it is at: nobody waits for it any more."""
        self._connection.close()
        if self._process:
            self._process.kill()
            self._process.wait()

    def takes(self, batch: Batch) -> bool:
        """Give it the batch, unless it has enough to do, has not started yet or has ended."""
        try:
            if self._given >= MOST_GIVEN or not self._has_started():
                return False
            self._send(batch.groups)
        except Lost:
            return False
        self._given += 1
        return True

    def _has_started(self) -> bool:
        if not self._is_there and self._has_said_something():
            self._receive()
            self._send(self._read)
            self._is_there = True
        return self._is_there and not self._is_lost

    def has_answered(self) -> bool:
        """Whether `answer` need not wait."""
        try:
            return self._has_said_something()
        except Lost:
            return True

    def answer(self) -> list[Values]:
        """Of the first batch that is not answered yet. Raises Lost."""
        values: list[Values] = self._receive()
        self._given -= 1
        return values

    def _has_said_something(self) -> bool:
        return bool(self._guarded(self._connection.poll))

    def _receive(self) -> Any:
        return self._guarded(self._connection.recv)

    def _send(self, said: Any) -> None:
        self._guarded(lambda: self._connection.send(said))

    def _guarded(self, work: Callable[[], Any]) -> Any:
        if self._is_lost:
            raise Lost
        try:
            return work()
        except (OSError, EOFError) as error:
            self._is_lost = True
            raise Lost from error


def _started(handle: int) -> subprocess.Popen[bytes] | None:
    """With the other end of the connection. None where the machine has no room for it."""
    try:
        return subprocess.Popen(  # noqa: S603 -- ours
            [sys.executable, "-m", "customers.importing.second", str(handle)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            pass_fds=[handle],
            start_new_session=True,
        )
    except OSError:
        return None
