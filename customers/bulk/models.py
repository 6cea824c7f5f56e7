"""Bulk changes: who was chosen, and the verbs that move them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from core.constraints import broke
from customers.bulk.choosing import freeze
from customers.bulk.kinds import kind_named, kind_of, names_of_kinds
from customers.bulk.rows import BulkPiece, BulkRow
from customers.bulk.stages import CHANGED, BulkChangeQuerySet, BulkCourse, Kind
from customers.models.tags import Tag
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["BulkChange", "BulkPiece", "BulkRow", "NobodyChosen"]


class NobodyChosen(Exception):
    """A bulk change is about somebody."""


class BulkChange(BulkCourse):
    """One change to all customers who were chosen at the moment of asking, and to nobody else."""

    LOCK = 7403
    TASK = "customers.tasks.work_on_bulk_change"

    # The name of a BulkKind, or "undo".
    kind = models.CharField(max_length=20)
    tags = models.ManyToManyField(Tag, related_name="+")
    # Takes back what that one did, as far as nobody has touched it since.
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undoings", db_index=False
    )

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
        """A kind that this release does not know is left to the workers of the other."""
        known = cls.objects.with_work().filter(kind__in=[*names_of_kinds(), Kind.UNDO])
        return known.select_related("undoes")

    @classmethod
    def ask(
        cls,
        kind: str,
        customers: models.QuerySet[Any],
        *,
        by: User | None,
        tags: Sequence[Tag] = (),
    ) -> BulkChange:
        """Have a worker change these customers: those who match now. Raises NobodyChosen.

        Of a kind that is previewed they are only counted, until somebody says `start`.
        """
        is_previewed = kind_named(kind).is_previewed
        with transaction.atomic():
            one = cls.objects.create(kind=kind, asked_by=by, awaits_start=is_previewed)
            one.tags.set(tags)
            one._begin_with(customers.values("pk"))
        return one

    def start(self, *, by: User | None) -> bool:
        """Do what was counted. False unless it is `ready()`: of two clicks for the second."""
        with transaction.atomic():
            mine = BulkChange.objects.ready().filter(pk=self.pk)
            now = {"started_at": timezone.now(), "started_by": by, "awaits_start": False}
            if not mine.update(**FROM_THE_FIRST, **now):
                return False
            record("bulk_change.started", self, by=by, kind=self.kind)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def count_again(self, *, by: User | None, without_doubtful: bool | None = None) -> bool:
        """The same customers, as they are by now. False unless it is `ready()`.

        `without_doubtful`: whether those are skipped whom it would perhaps not reach; None: as
        before.
        """
        without = self.leaves_out_doubtful if without_doubtful is None else without_doubtful
        afresh: dict[str, Any] = {**FROM_THE_FIRST, "counted_at": None, "preview": {}}
        with transaction.atomic():
            mine = BulkChange.objects.ready().filter(pk=self.pk)
            if not mine.update(**afresh, leaves_out_doubtful=without):
                return False
            record("bulk_change.counted_again", self, by=by, without_doubtful=without)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def pause(self, *, by: User | None) -> bool:
        """Let it rest behind the last step. False unless it is at work."""
        with transaction.atomic():
            mine = BulkChange.objects.started().filter(pk=self.pk)
            if not mine.update(paused_at=timezone.now(), paused_by=by):
                return False
            record("bulk_change.paused", self, by=by)
        self.refresh_from_db()
        return True

    def resume(self, *, by: User | None) -> bool:
        """Go on where it was paused. False unless it rests."""
        with transaction.atomic():
            mine = BulkChange.objects.paused().filter(pk=self.pk)
            if not mine.update(paused_at=None, paused_by=None, attempts=0):
                return False
            record("bulk_change.resumed", self, by=by)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def undo(self, *, by: User | None) -> BulkChange | None:
        """Have a worker take back what this one did: by the change that is returned.

        None while it is under way, when it is undone or changed nobody, for an undoing, and for
        what cannot be taken back.
        """
        if self.kind == Kind.UNDO or not kind_named(self.kind).can_undo:
            return None
        changed = BulkRow.objects.filter(of_change=self, outcome=CHANGED)
        try:
            with transaction.atomic():
                # A change that is tried again at this moment comes first, and then is under way.
                mine = BulkChange.objects.select_for_update(no_key=True).ended()
                if mine.filter(pk=self.pk).first() is None:
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

    def cancel(self, *, by: User | None, unless_started: bool = False) -> bool:
        """Stop where it is; what was done stays. False when it had ended before."""
        which = BulkChange.objects.ready() if unless_started else BulkChange.objects.open()
        with transaction.atomic():
            mine = which.filter(pk=self.pk)
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
        return "default" if self.is_small else "bulk"

    @property
    def is_small(self) -> bool:
        return self.chosen_count <= settings.BULK_PIECE_ROWS

    @property
    def pause_seconds(self) -> float:
        """How long a worker has nothing to do for it."""
        return 0 if self.awaits_start else kind_of(self).pause()

    def forget_pieces(self) -> None:
        """Who was chosen is no longer needed: what was done to whom stands in the rows."""
        BulkPiece.objects.filter(of_change=self).delete()


# How far it is when it begins: to be counted, or to be done.
FROM_THE_FIRST = {"next_piece": 0, "next_place": 0, "done_count": 0, "attempts": 0}
