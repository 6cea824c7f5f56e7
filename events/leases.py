"""Rows that one worker at a time works on, and that outlive any worker."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

Row = TypeVar("Row", bound="Leased")


def spread(seconds: float) -> timedelta:
    """A little less, by chance: what was turned away together does not come back together."""
    return timedelta(seconds=seconds * random.uniform(0.75, 1))  # noqa: S311 -- no secret


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
        """Due, and no worker was told of it lately: a slow backlog is not told of every minute."""
        lately = timezone.now() - timedelta(seconds=settings.RETELL_SECONDS)
        return self.due().filter(Q(told_at=None) | Q(told_at__lt=lately))

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
