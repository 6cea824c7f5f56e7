"""Bulk changes: who was chosen, how far each got, and the verbs that move it on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from core.constraints import broke
from customers.bulk.choosing import freeze
from customers.bulk.rows import BulkPiece, BulkRow
from customers.bulk.stages import BulkChangeQuerySet, BulkStage, Kind, Outcome
from customers.models.tags import Tag
from customers.turns import InTurns
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["BulkChange", "BulkPiece", "BulkRow", "NobodyChosen"]


class NobodyChosen(Exception):
    """A bulk change is about somebody."""


class BulkChange(InTurns):
    """One change to all customers who were chosen at the moment of asking, and to nobody else."""

    LOCK = 7403
    TASK = "customers.tasks.work_on_bulk_change"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    tags = models.ManyToManyField(Tag, related_name="+")
    # Takes back what that one did, as far as nobody has touched it since.
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undoings", db_index=False
    )
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    failed_at = models.DateTimeField(null=True)
    # How far: the piece that comes next.
    next_piece = models.PositiveIntegerField(default=0)
    chosen_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulk_change_ends_once",
                condition=Q(finished_at=None, cancelled_at=None)
                | Q(finished_at=None, failed_at=None)
                | Q(cancelled_at=None, failed_at=None),
            ),
            models.CheckConstraint(
                name="bulk_undoing_undoes",
                condition=Q(kind="undo", undoes__isnull=False)
                | (~Q(kind="undo") & Q(undoes__isnull=True)),
            ),
            # Read by a change's page: is it undone? One that was called off may be asked for again.
            models.UniqueConstraint(
                fields=["undoes"], name="bulk_undone_once", condition=Q(cancelled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%F %T}"

    @classmethod
    def in_work(cls) -> BulkChangeQuerySet:
        return cls.objects.with_work()

    @classmethod
    def ask(
        cls,
        kind: Kind,
        customers: models.QuerySet[Any],
        *,
        by: User | None,
        tags: Sequence[Tag] = (),
    ) -> BulkChange:
        """Have a worker change these customers: those who match now. Raises NobodyChosen."""
        with transaction.atomic():
            one = cls.objects.create(kind=kind, asked_by=by)
            one.tags.set(tags)
            one._begin_with(customers.values("pk"))
        return one

    def undo(self, *, by: User | None) -> BulkChange | None:
        """Have a worker take back what this one did: by the change that is returned.

        None while it is under way, when it is undone or changed nobody, and for an undoing.
        """
        changed = BulkRow.objects.filter(of_change=self, outcome=Outcome.CHANGED)
        try:
            with transaction.atomic():
                # A change that is tried again at this moment comes first, and then is under way.
                mine = BulkChange.objects.select_for_update(no_key=True).ended()
                if self.kind == Kind.UNDO or mine.filter(pk=self.pk).first() is None:
                    return None
                one = BulkChange.objects.create(kind=Kind.UNDO, undoes=self, asked_by=by)
                one._begin_with(changed.values("customer_id"))
        except IntegrityError as error:
            if not broke(error, "bulk_undone_once"):
                raise
            return None
        except NobodyChosen:
            return None
        return one

    def _begin_with(self, chosen: models.QuerySet[Any, Any]) -> None:
        self.chosen_count = freeze(chosen, self.pk)
        if not self.chosen_count:
            raise NobodyChosen
        self.save(update_fields=["chosen_count"])
        record(
            "bulk_change.asked", self, by=self.asked_by, kind=self.kind, chosen=self.chosen_count
        )
        self.tell_worker_on_commit()

    def cancel(self, *, by: User | None) -> bool:
        """Stop where it is; what was done stays. False when it had ended before."""
        with transaction.atomic():
            mine = BulkChange.objects.with_work().filter(pk=self.pk)
            if not mine.update(cancelled_at=timezone.now(), cancelled_by=by):
                return False
            record("bulk_change.cancelled", self, by=by)
            self.forget_pieces()
        self.refresh_from_db()
        return True

    def give_up(self) -> None:
        """It cannot be worked on. What was done stays."""
        mine = BulkChange.objects.with_work().filter(pk=self.pk)
        if mine.update(failed_at=timezone.now()):
            record("bulk_change.failed", self)

    def try_again(self, *, by: User | None) -> bool:
        """Go on behind what was done. False unless it stopped and is not being undone."""
        with transaction.atomic():
            # Whoever undoes it at this moment comes first.
            BulkChange.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
            undone = BulkChange.objects.not_called_off().filter(undoes=self)
            mine = BulkChange.objects.stopped().filter(pk=self.pk)
            if undone.exists() or not mine.update(failed_at=None, attempts=0):
                return False
            record("bulk_change.tried_again", self, by=by)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    @property
    def queue(self) -> str:
        """What one step does waits behind no import."""
        is_small = self.chosen_count <= settings.BULK_PIECE_ROWS
        return "default" if is_small else "bulk"

    def forget_pieces(self) -> None:
        """Who was chosen is no longer needed: what was done to whom stands in the rows."""
        BulkPiece.objects.filter(of_change=self).delete()

    @property
    def stage(self) -> BulkStage:
        ends = {
            BulkStage.FAILED: self.failed_at,
            BulkStage.CANCELLED: self.cancelled_at,
            BulkStage.FINISHED: self.finished_at,
        }
        return next((stage for stage, at in ends.items() if at), BulkStage.WORKING)

    @property
    def is_working(self) -> bool:
        return self.stage == BulkStage.WORKING

    @property
    def unchanged_count(self) -> int:
        """Of those it came to: who was so already."""
        return self.done_count - self.changed_count - self.skipped_count
