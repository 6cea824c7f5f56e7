"""How far imports get, and which of them stand where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.importing.kinds import import_kinds, kind_named
from customers.importing.owing import Debt
from customers.importing.problems import BROKEN, place_in_words, refusal_in_words
from customers.steering import Steered, SteeredQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrOrPromise

    from customers.importing.models import Import  # noqa: F401 -- named by the queryset's type
    from shop.models import StoredFile


class Stage(models.TextChoices):
    MAPPING = "mapping", gettext_lazy("Columns to be named")
    READING = "reading", gettext_lazy("Reading")
    CHECKING = "checking", gettext_lazy("Checking")
    CHECKED = "checked", gettext_lazy("Ready to import")
    IMPORTING = "importing", gettext_lazy("Importing")
    PAUSED = "paused", pgettext_lazy("import", "Paused")
    FINISHED = "finished", gettext_lazy("Finished")
    CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
    FAILED = "failed", gettext_lazy("Failed")
    UNDOING = "undoing", gettext_lazy("Being undone")
    UNDONE = "undone", pgettext_lazy("import", "Undone")


class Progress(NamedTuple):
    done: int
    total: int


class ImportQuerySet(SteeredQuerySet["Import"]):
    def with_work(self) -> Self:
        """A worker has something to do: read, check, write what was started, undo it, clear up.

        Or somebody paused it, and the worker that was at it died before it had paid what it owed.
        """
        return self.unfinished() | self.undoing() | self.uncleared() | self.owing()

    def owing(self) -> Self:
        """What a step left to be done is not done yet."""
        return self.filter(Exists(Debt.objects.filter(of_import=OuterRef("pk"))))

    def unfinished(self) -> Self:
        """A worker has something to read, check or write."""
        is_asked = Q(checked_at=None) | Q(started_at__isnull=False)
        return self.open().filter(is_asked, paused_at=None, awaits_mapping=False)

    def undoing(self) -> Self:
        return self.filter(undo_asked_at__isnull=False, undone_at=None, undo_failed_at=None)

    def uncleared(self) -> Self:
        """It has ended, and rows may still be on their way in."""
        return self.ended().filter(cleared_at=None)

    def undoable(self) -> Self:
        """It has ended, has written something, and what was there before is still known."""
        waiting = Q(undo_asked_at=None) | Q(undo_failed_at__isnull=False)
        known = self.ended().filter(waiting, started_at__isnull=False, forgotten_at=None)
        return known.exclude(created_count=0, changed_count=0)

    def unwritten(self) -> Self:
        """It has ended and has written nothing: there is nothing in it to look up."""
        is_nothing = Q(started_at=None) | Q(done_count=0)
        return self.ended().filter(is_nothing, finished_at=None)

    def broken(self) -> Self:
        """Failed by no fault of the file: another try may succeed, unless it is to be undone."""
        is_ours = Q(failed_at__isnull=False, failure__0=BROKEN, forgotten_at=None)
        return self.filter(is_ours, undo_asked_at=None)

    def checked(self) -> Self:
        """Waiting for somebody to say "import"."""
        return self.open().filter(checked_at__isnull=False, started_at=None)

    def changeable(self) -> Self:
        """Somebody may say otherwise what the columns hold: nothing is written."""
        kinds = [kind.name for kind in import_kinds.entries() if kind.mappable]
        return self.open().filter(started_at=None, awaits_mapping=False, kind__in=kinds)

    def undecided(self, *, since: datetime) -> Self:
        """Nothing is written, and since then nobody has said what is to become of it."""
        is_left = Q(checked_at__lt=since) | Q(awaits_mapping=True, uploaded_at__lt=since)
        return self.open().filter(is_left | Q(paused_at__lt=since), started_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-uploaded_at", "-id")


class Course(Steered):
    """What has happened to an import so far, and who did it; `stage` sums it up."""

    if TYPE_CHECKING:
        mapping: models.JSONField[dict[str, str], dict[str, str]]
        kind: models.CharField[str, str]
        file: models.ForeignKey[StoredFile, StoredFile]
        sheet: models.CharField[str, str]

    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Somebody has to say what the columns hold.
    awaits_mapping = models.BooleanField(db_default=False)
    read_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # After its end: rows that were on their way in are gone.
    cleared_at = models.DateTimeField(null=True)
    # A Problem and, where known, its line: shown in the reader's language.
    failure = models.JSONField(default=list)
    failed_line = models.BigIntegerField(null=True)
    # How far: lines of the file, so that whoever comes next goes on behind them.
    read_line = models.BigIntegerField(default=0)
    read_bytes = models.BigIntegerField(default=0)
    done_line = models.BigIntegerField(default=0)
    # The file and its cells are gone; see `customers.importing.forgetting`.
    forgotten_at = models.DateTimeField(null=True)
    rows_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    # Of the dry run until the import is started, then of the import.
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    # Of the dry run: customers whom it would bring beside what it is about, and known ones whom
    # something would be given. None of a kind that brings nobody along.
    newcomers_count = models.PositiveIntegerField(null=True)
    joined_count = models.PositiveIntegerField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    undo_failed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # How far the undoing is: lines up to this one. Of their rows some were kept, as somebody had
    # touched what they are about.
    undone_line = models.BigIntegerField(db_default=0)
    undone_count = models.PositiveIntegerField(db_default=0)
    # Of those undone, what had come by it and is gone. None where nobody counted it.
    taken_away_count = models.PositiveIntegerField(null=True)
    kept_count = models.PositiveIntegerField(db_default=0)

    class Meta:
        abstract = True

    @property
    def stage(self) -> Stage:
        ends = {
            Stage.UNDONE: self.undone_at,
            Stage.UNDOING: self.undo_asked_at if self.undo_failed_at is None else None,
            Stage.FAILED: self.failed_at,
            Stage.CANCELLED: self.cancelled_at,
            Stage.FINISHED: self.finished_at,
            Stage.PAUSED: self.paused_at,
            Stage.MAPPING: self.awaits_mapping,
            Stage.IMPORTING: self.started_at,
            Stage.CHECKED: self.checked_at,
            Stage.CHECKING: self.read_at,
        }
        return next((stage for stage, at in ends.items() if at), Stage.READING)

    @property
    def is_working(self) -> bool:
        return self.stage in {Stage.READING, Stage.CHECKING, Stage.IMPORTING, Stage.UNDOING}

    @property
    def has_ended(self) -> bool:
        """As `ended()` says."""
        return any((self.finished_at, self.cancelled_at, self.failed_at))

    @property
    def has_changeable_columns(self) -> bool:
        """As `changeable()` says."""
        before = {Stage.READING, Stage.CHECKING, Stage.CHECKED, Stage.PAUSED}
        is_before = self.started_at is None and self.stage in before
        return is_before and bool(kind_named(self.kind).mappable)

    @property
    def has_written(self) -> bool:
        return self.started_at is not None and self.created_count + self.changed_count > 0

    @property
    def may_have_written(self) -> bool:
        """It was started, and has not come to its end."""
        begun = {Stage.IMPORTING, Stage.PAUSED}
        return self.started_at is not None and self.stage in begun

    @property
    def shows_counts(self) -> bool:
        """What it created and changed is there, or would be: nothing has been taken away."""
        is_taken_back = self.stage in {Stage.UNDOING, Stage.UNDONE}
        return not is_taken_back and bool(self.started_at or self.stage == Stage.CHECKED)

    @property
    def settles_up(self) -> bool:
        """All rows are written, and what they come to is not."""
        return self.stage == Stage.IMPORTING and self.done_count == self.rows_count

    @property
    def set_back_count(self) -> int:
        """Of those undone, what had been there before."""
        return self.undone_count - (self.taken_away_count or 0)

    @property
    def progress(self) -> Progress:
        """Hundredths of the file while the number of rows is not known, then rows."""
        if self.stage == Stage.UNDOING:
            total = self.created_count + self.changed_count
            return Progress(min(self.undone_count + self.kept_count, total), total)
        if self.read_at is None:
            return Progress(min(self.read_bytes * 100 // max(self.file.size, 1), 100), 100)
        return Progress(self.done_count, self.rows_count)

    @property
    def refusal(self) -> str:
        """Why it failed, in the reader's language; empty when it did not."""
        return refusal_in_words(self.failure, self.failed_line) if self.failure else ""

    @property
    def is_broken(self) -> bool:
        """As `broken()` says."""
        is_ours = self.failed_at is not None and self.failure[:1] == [BROKEN]
        return is_ours and self.forgotten_at is None and self.undo_asked_at is None

    @property
    def line_word(self) -> str:
        """What its rows are counted by: a text's lines may be more than its rows."""
        return _("Row") if self.sheet else _("Line")

    def numbered(self, line: int | str) -> str:
        return place_in_words(line, is_row=bool(self.sheet))

    def placed(self, first: int, last: int | None = None) -> str:
        """As `numbered`, within a sentence, or of many rows."""
        if last is None:
            words = _("row %(first)s") if self.sheet else _("line %(first)s")
        else:
            rows, lines = _("rows %(first)s to %(last)s"), _("lines %(first)s to %(last)s")
            words = rows if self.sheet else lines
        return words % {"first": first, "last": last}

    @property
    def holds(self) -> _StrOrPromise:
        """ "Customers", "Orders": what is in the file."""
        return kind_named(self.kind).label

    @property
    def is_undoable(self) -> bool:
        """As `undoable()` says."""
        is_over = self.stage in {Stage.FINISHED, Stage.CANCELLED, Stage.FAILED}
        is_known = self.has_written and self.forgotten_at is None
        return is_over and is_known and kind_named(self.kind).can_undo
