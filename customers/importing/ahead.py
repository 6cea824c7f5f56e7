"""The step after the one at hand, written beside it on a connection of its own (decision 14).

It counts only once the step before is committed: it waits for the import's turn, and is undone
unless that one ended where it began. So nobody sees a step whose forerunner is missing, and a
worker that is killed leaves whole steps behind as ever. What it could not know of the step before,
its kind looks at again then (`ImportKind.still_holds`).

It may be lost: whatever speaks against it, the step is simply taken when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection, connections

from customers.turns import Stopped

# Behind which line the step begins, and how many rows are done by then. Takes it or raises.
Step = Callable[[int, int], None]
# After one that was lost so many steps are taken alone; twice as many each time.
LONGEST_REST = 64
# Between two statements nobody hears it.
CANCEL_EVERY_SECONDS = 0.05


class TooSoon(Exception):
    """Only when its turn has come can it be told what this step would write."""


class Ahead:
    """Takes the steps that come next, one at a time."""

    def __init__(self, take: Step, pool: ThreadPoolExecutor | None) -> None:
        self._take, self._pool = take, pool
        self._taken: Future[None] | None = None
        self._at: psycopg.Connection[Any] | None = None
        self._resting, self._rest = 0, 1

    def begin(self, *, after_line: int, done_count: int) -> None:
        """Take the step behind this line; once, however often the one before is tried."""
        if self._pool is None or self._taken is not None:
            return
        if self._resting:
            self._resting -= 1
            return
        self._taken = self._pool.submit(self._run, after_line, done_count)

    def _run(self, after_line: int, done_count: int) -> None:
        connection.ensure_connection()
        self._at = connection.connection
        self._take(after_line, done_count)

    def give_way(self) -> None:
        """Lose the step ahead. The one before it may have met what that one wrote.

        Else it would meet it again and again: the one ahead waits for nothing but its turn.
        """
        while self._taken is not None and wait([self._taken], CANCEL_EVERY_SECONDS).not_done:
            if self._at is not None:
                with suppress(psycopg.Error):
                    self._at.cancel_safe()

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Behind the step at hand, whichever way it ends, until the one ahead has ended as well.

        Raises what nobody foresaw of the one ahead, unless the step at hand has raised something.
        """
        try:
            yield
        except BaseException:
            with suppress(Exception):
                self._end()
            raise
        self._end()

    def _end(self) -> None:
        taken, self._taken = self._taken, None
        if taken is None:
            return
        try:
            taken.result()
        except (TooSoon, Stopped, Error):
            self._resting = self._rest
            self._rest = min(self._rest * 2, LONGEST_REST)
        else:
            self._rest = 1


@contextmanager
def going_ahead(take: Step) -> Iterator[Ahead]:
    """Inside somebody's transaction, which no other connection sees into, nobody goes ahead."""
    if connection.in_atomic_block or not settings.IMPORT_AHEAD:
        yield Ahead(take, None)
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        try:
            yield Ahead(take, pool)
        finally:
            pool.submit(connections.close_all)
