"""What the groups of a file's records come to, read by two processes (decision 15).

This one cuts the file into batches, gives as many as it can to the other and reads on meanwhile. It
takes what was read in the file's order: whoever reads, the same comes of it. The other process may
be lost, or be at a standstill: what it has not answered is read here.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import structlog
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
# Given and not answered yet: the other process has enough to do while rows are staged here. A
# heavier batch is read here.
MOST_GIVEN, MOST_GIVEN_BYTES = 20, 16 * 10**6
# Read here or there, behind one that is not.
MOST_HELD, MOST_HELD_BYTES = 2 * MOST_GIVEN, 2 * MOST_GIVEN_BYTES
# Who neither listens nor answers for so long is given up: several times what the bytes above take,
# and well before the file is refused for a row that takes too long (`patience`).
LONGEST_SILENCE = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ValuesOf:
    """What a group comes to in its kind's staging table, in whichever process."""

    kind: ImportKind
    read: GroupReader

    def __call__(self, group: list[Record]) -> Values:
        return self.kind.values(self.read(group))


@dataclass(slots=True)
class Batch:
    # Empty once they are read here.
    groups: list[list[Record]]
    # About as many bytes as its cells take, read or not.
    weight: int = 0
    # None as long as the other process has it.
    values: list[Values] | None = None


class Lost(Exception):
    """The other process has ended, or has been at a standstill and was ended."""


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
                batch.weight = weight.bytes - before
                if batch.weight > BATCH_BYTES or time.monotonic() - begun > BATCH_SECONDS:
                    break
        except FileRefused:
            if batch.groups:
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
            batch.values, batch.groups = self._read_here(batch), []
        while self._held and (self._is_too_much() or self._is_ready()):
            yield from self._next()

    def _rest(self) -> Iterator[Values]:
        while self._held:
            yield from self._next()

    def _is_too_much(self) -> bool:
        weight = sum(batch.weight for batch in self._held)
        return len(self._held) > MOST_HELD or weight > MOST_HELD_BYTES

    def _is_ready(self) -> bool:
        return self._held[0].values is not None or self._second.has_answered()

    def _next(self) -> list[Values]:
        batch = self._held.popleft()
        return self._answered_or_read(batch) if batch.values is None else batch.values

    def _answered_or_read(self, batch: Batch) -> list[Values]:
        try:
            return self._second.answer()
        except Lost:
            return self._read_here(batch)

    def _read_here(self, batch: Batch) -> list[Values]:
        return [self._read(group) for group in batch.groups]


class SecondReader:
    """The other process (`customers.importing.second`). It answers in the order of its batches.

    It ends when its connection does: also when this process is killed. One that stands still for
    LONGEST_SILENCE is ended.
    """

    def __init__(self, read: ValuesOf) -> None:
        self._read, self._is_there = read, False
        # The weights of the batches that are not answered yet.
        self._given: deque[int] = deque()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                ours.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", LONGEST_SILENCE, 0))
            self._connection: Connection[Any, Any] = Connection(ours.detach())
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
            if not self._has_room(batch) or not self._has_started():
                return False
            self._send(batch.groups)
        except Lost:
            return False
        self._given.append(batch.weight)
        return True

    def _has_room(self, batch: Batch) -> bool:
        weight = sum(self._given) + batch.weight
        return len(self._given) < MOST_GIVEN and weight <= MOST_GIVEN_BYTES

    def _has_started(self) -> bool:
        if not self._is_there and self._has_said_something():
            self._receive()
            self._send(self._read)
            self._is_there = True
        return self._is_there

    def has_answered(self) -> bool:
        """Whether `answer` need not wait."""
        try:
            return self._has_said_something()
        except Lost:
            return True

    def answer(self) -> list[Values]:
        """Of the first batch that is not answered yet. Raises Lost."""
        values: list[Values] = self._receive()
        self._given.popleft()
        return values

    def _has_said_something(self) -> bool:
        return bool(self._guarded(self._connection.poll))

    def _receive(self) -> Any:
        return self._guarded(self._connection.recv)

    def _send(self, said: Any) -> None:
        self._guarded(lambda: self._connection.send(said))

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (OSError, EOFError) as error:
            if not self._connection.closed:
                log.warning("import.second_reader_lost", error=type(error).__name__)
                self.close()
            raise Lost from error


def _started(handle: int) -> subprocess.Popen[bytes] | None:
    """With the other end of the connection. None where the machine has no room for it.

    Nobody hears it: an error's traceback would carry the cells of the file. What it fails at, the
    worker tries as well, and says so.
    """
    try:
        return subprocess.Popen(  # noqa: S603 -- ours
            [sys.executable, "-m", "customers.importing.second", str(handle)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[handle],
            start_new_session=True,
        )
    except OSError:
        return None
