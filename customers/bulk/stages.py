"""How far bulk changes get, and which of them stand where."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from customers.steering import Steered, SteeredQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from customers.bulk.models import BulkChange  # noqa: F401 -- named by the queryset's type


class Kind(StrEnum):
    """The kinds that this app brings (`customers.bulk.kinds` has those of others), and undoing."""

    TAG = "tag"
    UNTAG = "untag"
    DISABLE = "disable"
    UNDO = "undo"


class BulkStage(models.TextChoices):
    COUNTING = "counting", pgettext_lazy("bulk change", "Being counted")
    READY = "ready", pgettext_lazy("bulk change", "Not started yet")
    WORKING = "working", pgettext_lazy("bulk change", "Under way")
    PAUSED = "paused", pgettext_lazy("bulk change", "Paused")
    FINISHED = "finished", pgettext_lazy("bulk change", "Done")
    CANCELLED = "cancelled", pgettext_lazy("bulk change", "Cancelled")
    FAILED = "failed", pgettext_lazy("bulk change", "Stopped")


# What became of a customer: this, or a kind's word for why they were left out. One who was so
# already leaves no row.
CHANGED = "changed"


class BulkChangeQuerySet(SteeredQuerySet["BulkChange"]):
    def with_work(self) -> Self:
        """A worker has something to do: count who would be changed, or change them."""
        is_asked = Q(awaits_start=False) | Q(counted_at=None)
        return self.open().filter(is_asked, paused_at=None)

    def started(self) -> Self:
        """At work on the customers themselves, or about to."""
        return self.with_work().filter(awaits_start=False)

    def ready(self) -> Self:
        """Counted, and waiting for somebody to say "go"."""
        return self.open().filter(awaits_start=True, counted_at__isnull=False)

    def undecided(self, *, since: datetime) -> Self:
        """Counted then or earlier, and nobody has said "go"."""
        return self.ready().filter(counted_at__lt=since)

    def stopped(self) -> Self:
        """Given up: another try may succeed."""
        return self.filter(failed_at__isnull=False)

    def not_called_off(self) -> Self:
        """Under way, done, or stopped half-way."""
        return self.filter(cancelled_at=None)

    def with_words(self) -> Self:
        """All that a line about them says comes along."""
        return self.select_related("asked_by", "undoes").prefetch_related("tags", "undoes__tags")


class BulkCourse(Steered):
    """What has happened to a bulk change so far, and who did it; `stage` sums it up."""

    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Who would be changed is counted first, and shown to whoever then says "go".
    awaits_start = models.BooleanField(db_default=False, default=False)
    counted_at = models.DateTimeField(null=True)
    # Whom it would perhaps not reach is skipped, as whoever says "go" has chosen.
    leaves_out_doubtful = models.BooleanField(db_default=False, default=False)
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    # How far: the piece that comes next, and how many of its customers were dealt with.
    next_piece = models.PositiveIntegerField(default=0)
    next_place = models.PositiveIntegerField(db_default=0, default=0)
    chosen_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    # By outcome: how many it would be, as counted beforehand, and how many it has been so far.
    preview = models.JSONField(default=dict, db_default={})
    outcomes = models.JSONField(default=dict, db_default={})

    class Meta:
        abstract = True

    @property
    def stage(self) -> BulkStage:
        ends = {
            BulkStage.FAILED: self.failed_at,
            BulkStage.CANCELLED: self.cancelled_at,
            BulkStage.FINISHED: self.finished_at,
            BulkStage.PAUSED: self.paused_at,
            BulkStage.READY: self.awaits_start and self.counted_at,
            BulkStage.COUNTING: self.awaits_start,
        }
        return next((stage for stage, at in ends.items() if at), BulkStage.WORKING)

    @property
    def is_working(self) -> bool:
        return self.stage in {BulkStage.COUNTING, BulkStage.WORKING}

    @property
    def unchanged_count(self) -> int:
        """Of those it came to: who was so already."""
        return self.done_count - self.changed_count - self.skipped_count
