"""Rows that one worker at a time works on, and that outlive any worker."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from events.broker import tell_workers_on_commit

Row = TypeVar("Row", bound="Leased")
Answer = TypeVar("Answer")
# Seconds; together well within the rest of a lease.
WRITING_PAUSES = (0.2, 0.5, 1, 2, 4)


def spread(seconds: float) -> timedelta:
    """A little less, by chance: what was turned away together does not come back together."""
    return timedelta(seconds=seconds * random.uniform(0.75, 1))  # noqa: S311 -- no secret


def written_down(write: Callable[[], Answer]) -> Answer:
    """Have a worker write down what became of its row; a database that restarts meanwhile is
    waited for, since whatever is not written down is held until its lease runs out."""
    for pause in WRITING_PAUSES:
        try:
            return write()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    return write()


def lately() -> datetime:
    """Failures from before this are history, and no longer shown as waiting for a person."""
    return timezone.now() - timedelta(days=settings.FAILURES_SHOWN_DAYS)


class LeasedQuerySet(models.QuerySet[Row]):
    def open(self) -> Self:
        """Not yet ended, whichever way."""
        raise NotImplementedError

    def due(self) -> Self:
        """Open, its time has come, and nobody holds it."""
        return self.free().filter(due_at__lte=timezone.now())

    def free(self) -> Self:
        """Open, and in no living worker's hands."""
        return self.open().filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now()))

    def untold(self) -> Self:
        """Due, and no worker knows of it; what was due first comes first."""
        # All were told of at the same "never": it is named for the index, whose order this is.
        return self.due().filter(told_at=None).order_by("told_at", "due_at")

    def told_before(self, moment: datetime) -> Self:
        """Due, and no worker was told of it since: the broker may have lost it.

        Those told of longest ago first: rows that nobody can work on hold up nothing behind them.
        """
        return self.due().filter(told_at__lt=moment).order_by("told_at", "due_at")

    def paused(self, queue: str, now: datetime) -> Self:
        """Not due yet, in that queue. Read from the index alone: told of then, or not at all."""
        told_then = Q(told_at=None) | Q(told_at__gt=now)
        return self.filter(told_then, queue_name=queue, due_at__gt=now)

    def queues(self) -> list[str]:
        """The queues in which something is open: one short query for each, however long it is."""
        names = self.open().order_by("queue_name").values_list("queue_name", flat=True)
        found: list[str] = []
        name = names.first()
        while name is not None:
            found.append(name)
            name = names.filter(queue_name__gt=name).first()
        return found

    def can_get_on(self) -> bool:
        """Whether workers get anywhere with what waits. If not, only the sweep tells of some."""
        return True

    def held_by(self, row: Leased) -> Self:
        """The row, while it is open and in the hands of that lease, not of a successor."""
        return self.open().exclude(lease=None).filter(pk=row.pk, lease=row.lease)


class Leased(models.Model):
    """A duty in the database. A worker takes it for a while, and ends it or puts it back.

    A lease that nobody gave back is a worker that died. Every change by a worker names its lease,
    so that one who was slow cannot write over its successor.
    """

    # What takes its worker down with it is put aside before it has killed them all.
    MAX_LOST_WORKERS = 3
    # The name of the task that works on one row.
    TASK: ClassVar[str]

    queue_name = models.CharField(max_length=40, default="default")
    due_at = models.DateTimeField(default=timezone.now)
    # When a worker was told of it, or will be; null when nobody could be told.
    told_at = models.DateTimeField(null=True, default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    lost_workers = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @classmethod
    def rows(cls) -> LeasedQuerySet[Self]:
        raise NotImplementedError

    def tell(self) -> None:
        """Let a worker know, once this transaction is committed."""
        tell_workers_on_commit([self])

    @property
    def has_lost_workers(self) -> bool:
        return self.lost_workers >= self.MAX_LOST_WORKERS

    def _lease(self, seconds: float) -> bool:
        """Take the row; of two workers with the same id, one is refused."""
        taken = (
            self.rows()
            .due()
            .filter(pk=self.pk)
            .update(
                lease=uuid4(),
                leased_until=timezone.now() + timedelta(seconds=seconds),
                attempts=F("attempts") + 1,
                lost_workers=Case(
                    When(lease=None, then=F("lost_workers")), default=F("lost_workers") + 1
                ),
            )
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def _give_back(self, **changes: Any) -> bool:
        """Change the row and let go of it. False when a successor holds it by now."""
        held = self.rows().held_by(self)
        given = held.update(lease=None, leased_until=None, told_at=None, **changes)
        if given:
            self.refresh_from_db()
        return bool(given)
