"""Long work in steps: whichever worker takes the next one, each is taken once.

A step is one transaction under a lock that a killed worker loses with its connection. So a worker
may die anywhere, and two may try at once. What fails again and again, or kills its workers, is
given up for a person to look at.

Workers hear of a job by messages, which are told again whenever one may be lost. Each message names
the turn that it asks for, and of all that ask for one turn only the first is heeded: however often
a job is told of, one message of it goes round, and the jobs of a queue take turns.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Self

from django.db import connection, models, transaction
from django.db.models import F

from events.broker import LONGEST_COUNTDOWN, tell_worker


def prepare_for_steps() -> None:
    """Until the transaction ends. Compiling our long statements takes longer than running them.

    And nobody waits for the disk: what a crash of the database server takes of the last second is
    done again, as what was noted of it went with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL synchronous_commit = off")


def wait_for_disk() -> None:
    """Until the transaction ends, as the server is set up: for a step that acts on the world
    outside, since the world does not forget."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")


class Stopped(Exception):
    """Cancelled, or another worker got there first: this step's work is undone."""


class InTurns(models.Model):
    """A job that workers do step by step."""

    # A step that fails so often, or takes so many workers with it, is not tried again by itself.
    MAX_ATTEMPTS = 5
    # The class of PostgreSQL's advisory locks that jobs of this kind hold, one each.
    LOCK: ClassVar[int]
    # What a worker is told to do: `task(pk, turn)`.
    TASK: ClassVar[str]

    worked_at = models.DateTimeField(null=True)
    # Tries since the last step that succeeded.
    attempts = models.PositiveIntegerField(default=0)
    # The one that comes next.
    turn = models.PositiveIntegerField(db_default=0)

    class Meta:
        abstract = True

    @classmethod
    def in_work(cls) -> models.QuerySet[Self]:
        """Those that a worker has something to do for. Said by each sort of job."""
        raise NotImplementedError

    def give_up(self) -> None:
        """End the job: the last try has failed. Said by each sort of job."""
        raise NotImplementedError

    @property
    def queue(self) -> str:
        """Where its messages wait. Said by each sort of job."""
        raise NotImplementedError

    def tell_worker(self, *, after: float = 0) -> bool:
        """Ask for the turn that comes next, after so many seconds: a minute at most."""
        turn = type(self)._default_manager.values_list("turn", flat=True).get(pk=self.pk)
        after = min(after, LONGEST_COUNTDOWN.total_seconds())
        return tell_worker(self.TASK, self.pk, turn, queue=self.queue, after=after)

    def tell_worker_on_commit(self) -> None:
        """Should the broker be away, the sweep does it within a minute."""
        transaction.on_commit(partial(self.tell_worker))

    @classmethod
    def heed(cls, pk: int, turn: int | None) -> bool:
        """Whether a message is the first that asks for this turn. One without a turn always is."""
        if turn is None:
            return True
        return bool(cls._default_manager.filter(pk=pk, turn=turn).update(turn=F("turn") + 1))

    @classmethod
    def begin_turn(cls, pk: int) -> bool:
        """Count a try, in a transaction of its own: a worker that is killed counts as well.

        False when nothing is to be done, another works, or the last try has failed.
        """
        with transaction.atomic():
            one = cls.take_turn(pk)
            if one is None:
                return False
            if one.attempts >= cls.MAX_ATTEMPTS:
                one.give_up()
                return False
            cls._default_manager.filter(pk=pk).update(attempts=F("attempts") + 1)
        return True

    @classmethod
    def take_turn(cls, pk: int) -> Self | None:
        """The job, if there is something to do and nobody else is doing it; until the commit."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [cls.LOCK, pk % 2**31])
            if not cursor.fetchone()[0]:
                return None
        prepare_for_steps()
        return cls.in_work().filter(pk=pk).first()

    @classmethod
    def await_turn(cls, pk: int) -> Self | None:
        """The job, once nobody else works on it and if there is something to do; until the commit.

        For work that was begun ahead of its turn. Raises OperationalError where whoever works on
        it waits for what this transaction holds.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [cls.LOCK, pk % 2**31])
        return cls.in_work().filter(pk=pk).first()

    @classmethod
    def take_back_try(cls, pk: int) -> None:
        """Another worker was quicker: many at once must not look like one that fails."""
        cls._default_manager.filter(pk=pk, attempts__gt=0).update(attempts=F("attempts") - 1)

    @classmethod
    def go_on(
        cls, pk: int, steps: Iterator[Any], *, seconds: float | None, unbroken: Any = None
    ) -> bool:
        """Take so many seconds' steps (None: all). True when something is left to do.

        Steps that are `unbroken` are taken to their last, and only then the seconds begin.
        """
        begun = time.monotonic()
        for step in steps:
            if step == unbroken:
                begun = time.monotonic()
            elif seconds is not None and time.monotonic() - begun >= seconds:
                return cls.in_work().filter(pk=pk).exists()
        return False
