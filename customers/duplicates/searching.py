"""The comparison of all customers: asked for, done by a worker, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.utils import timezone

from customers.turns import InTurns
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User

ONLY = 1


class DuplicateSearchQuerySet(models.QuerySet["DuplicateSearch"]):
    def asked(self) -> Self:
        """Somebody waits for it, or the night does."""
        return self.filter(asked_at__isnull=False)

    def at_rest(self) -> Self:
        return self.filter(asked_at=None)


class DuplicateSearch(InTurns):
    """One row: whether all are being compared, and what the last comparison came to."""

    LOCK = 7404
    TASK = "customers.tasks.work_on_duplicate_search"

    # Empty once it has ended.
    asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # The last one was given up.
    failed_at = models.DateTimeField(null=True)

    objects = DuplicateSearchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="duplicate_search_only", condition=models.Q(id=ONLY))
        ]

    def __str__(self) -> str:
        return f"{self.asked_at or self.finished_at}"

    @classmethod
    def in_work(cls) -> DuplicateSearchQuerySet:
        return cls.objects.asked()

    @classmethod
    def current(cls) -> DuplicateSearch:
        return cls.objects.filter(pk=ONLY).first() or cls(pk=ONLY)

    @classmethod
    def ask(cls, *, by: User | None) -> bool:
        """Have a worker compare all. False while it is being done for somebody else."""
        with transaction.atomic():
            one, _is_new = cls.objects.get_or_create(pk=ONLY)
            mine = cls.objects.at_rest().filter(pk=ONLY)
            if not mine.update(asked_at=timezone.now(), failed_at=None, attempts=0):
                return False
            record("duplicate_search.asked", one, by=by)
            one.tell_worker_on_commit()
        return True

    def finish(self) -> None:
        now = timezone.now()
        mine = DuplicateSearch.objects.asked().filter(pk=self.pk)
        mine.update(asked_at=None, finished_at=now, worked_at=now, attempts=0)

    def give_up(self) -> None:
        """What was found before stays."""
        mine = DuplicateSearch.objects.asked().filter(pk=self.pk)
        if mine.update(asked_at=None, failed_at=timezone.now()):
            record("duplicate_search.failed", self)

    @property
    def queue(self) -> str:
        return "bulk"

    @property
    def was_asked(self) -> bool:
        """At least once."""
        return any([self.asked_at, self.finished_at, self.failed_at])

    @property
    def is_working(self) -> bool:
        return self.asked_at is not None
