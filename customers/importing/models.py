"""Imports: how far each got, and the verbs that move it on."""

from __future__ import annotations

from functools import partial
from typing import IO, TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from customers.importing.kinds import kind_named
from customers.importing.outcomes import Outcome
from customers.importing.problems import BROKEN, FileRefused
from customers.importing.stages import Course, ImportQuerySet, Stage
from customers.importing.storing import from_start, stored
from events.log import record
from shop.models import StoredFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from accounts.models import User
    from customers.importing.outcomes import ImportRowBase, StagedRowBase
    from customers.importing.reading import Shape

__all__ = ["COUNTS", "Import", "Stage"]


class Import(Course):
    """One file, from its upload to its last row."""

    LOCK = 7401
    TASK = "customers.tasks.work_on_import"
    queue = "bulk"

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # The name of an ImportKind.
    kind = models.CharField(max_length=20, db_default="customers")
    # Whose ids the file carries.
    source = models.CharField(max_length=40, default="shopify")
    # What somebody has said of the columns of a table that nobody knows, by their keys.
    mapping = models.JSONField(default=dict, db_default={})
    # Of what is there already it overwrites nothing.
    only_fills_gaps = models.BooleanField(default=False)
    # Names of the file's columns that are not taken in.
    passed_over = models.JSONField(default=list)
    # What is worth a word of the file as a whole: see `ImportKind.look_over`.
    remarks = models.JSONField(default=dict, db_default={})
    # How a text is written; both are empty for a workbook, of which one sheet is read.
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    sheet = models.CharField(max_length=100, db_default="")
    # Sheets that have rows as well.
    other_sheets = models.JSONField(default=list, db_default=[])
    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_ends_once",
                condition=Q(finished_at=None, cancelled_at=None)
                | Q(finished_at=None, failed_at=None)
                | Q(cancelled_at=None, failed_at=None),
            ),
            models.CheckConstraint(
                name="import_checked_first",
                condition=Q(started_at=None) | Q(checked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file.name

    @classmethod
    def in_work(cls) -> ImportQuerySet:
        return cls.objects.with_work().select_related("file")

    def give_up(self) -> None:
        """Of clearing up there is no end before it is done: the rows hold people."""
        Import.objects.uncleared().filter(pk=self.pk).update(attempts=0)
        self.give_up_undoing() if self.undo_asked_at else self.fail(FileRefused(BROKEN))

    @classmethod
    def upload(
        cls,
        stream: IO[bytes],
        *,
        name: str,
        by: User | None,
        kind: str = "",
        only_fills_gaps: bool = False,
        in_worker: bool = True,
        may_ask: bool = False,
    ) -> Import:
        """Take in a file and have it checked. Raises FileRefused, and then nothing is kept.

        Without `kind` its columns tell what it holds. With `may_ask` a table of unknown columns
        waits until somebody says what they hold (`map_columns`).

        Without `in_worker` the caller does the work, with `customers.importing.working.work`.
        """
        from customers.importing.reading import recognise

        with transaction.atomic():
            file = stored(stream, name=name, by=by)
            found = recognise(partial(from_start, stream), kind, may_ask=may_ask)
            shape, layout = found.shape, found.layout
            one = cls.objects.create(
                file=file,
                kind=shape.kind,
                encoding=shape.encoding,
                delimiter=shape.delimiter,
                sheet=shape.sheet,
                other_sheets=found.other_sheets,
                passed_over=layout.passed_over if layout else [],
                source=layout.source if layout else "file",
                awaits_mapping=layout is None,
                only_fills_gaps=only_fills_gaps,
                uploaded_by=by,
            )
            record("import.uploaded", one, by=by)
            if in_worker and layout:
                one.tell_worker_on_commit()
        return one

    def map_columns(self, mapping: Mapping[str, str], *, by: User | None) -> bool:
        """Say what the columns hold, by their keys ("": nothing). False if nobody asked.

        Raises FileRefused, and then nothing has changed.
        """
        layout = kind_named(self.kind).mapped(self.header, mapping)
        said = {"mapping": dict(mapping), "passed_over": layout.passed_over}
        remarks = {} if any(map(str.strip, layout.header)) else {"headless": True}
        with transaction.atomic():
            mine = Import.objects.open().filter(pk=self.pk, awaits_mapping=True)
            if not mine.update(awaits_mapping=False, remarks=remarks, **said):
                return False
            record("import.mapped", self, by=by)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def change_columns(self, *, by: User | None) -> bool:
        """Ask once more what the columns hold. False unless `changeable()`.

        What was said stays filled in; then it is checked anew. A worker that is at it gives up.
        """
        with transaction.atomic():
            mine = Import.objects.changeable().filter(pk=self.pk)
            asked = {"awaits_mapping": True, "checked_at": None, "paused_at": None}
            if not mine.update(attempts=0, paused_by=None, **asked, **UNREAD, **NONE_DONE):
                return False
            record("import.columns_changed", self, by=by)
        self.refresh_from_db()
        return True

    def start(self, *, by: User | None, in_worker: bool = True) -> bool:
        """Write what the file says. False unless `checked()`: of two clicks for the second."""
        with transaction.atomic():
            mine = Import.objects.checked().filter(pk=self.pk)
            if not mine.update(started_at=timezone.now(), started_by=by, **NONE_DONE):
                return False
            record("import.started", self, by=by)
            if in_worker:
                self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def cancel(self, *, by: User | None) -> bool:
        """Stop where it is; what was written stays. False when it had ended before.

        Rows on their way in may be millions: a worker clears them up.
        """
        with transaction.atomic():
            mine = Import.objects.open().filter(pk=self.pk)
            if not mine.update(cancelled_at=timezone.now(), cancelled_by=by, attempts=0):
                return False
            record("import.cancelled", self, by=by)
        self.refresh_from_db()
        return True

    def pause(self, *, by: User | None) -> bool:
        """Let it rest behind the last row that was written. False unless it is at work."""
        with transaction.atomic():
            mine = Import.objects.unfinished().filter(pk=self.pk)
            if not mine.update(paused_at=timezone.now(), paused_by=by):
                return False
            record("import.paused", self, by=by)
        self.refresh_from_db()
        return True

    def resume(self, *, by: User | None) -> bool:
        """Go on where it was paused. False unless it rests."""
        with transaction.atomic():
            mine = Import.objects.paused().filter(pk=self.pk)
            if not mine.update(paused_at=None, paused_by=None):
                return False
            record("import.resumed", self, by=by)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def undo(self, *, by: User | None, in_worker: bool = True) -> bool:
        """Take back what it wrote, where nobody has touched it since. False unless `undoable()`."""
        with transaction.atomic():
            mine = Import.objects.undoable().filter(pk=self.pk)
            asked = {"undo_asked_at": timezone.now(), "undo_asked_by": by, "undo_failed_at": None}
            if not (kind_named(self.kind).can_undo and mine.update(attempts=0, **asked)):
                return False
            record("import.undo_asked", self, by=by)
            if in_worker:
                self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def give_up_undoing(self) -> None:
        """What was taken back by then stays so; somebody may ask again."""
        with transaction.atomic():
            if Import.objects.undoing().filter(pk=self.pk).update(undo_failed_at=timezone.now()):
                record("import.undo_failed", self)
        self.refresh_from_db()

    def fail(self, refusal: FileRefused) -> None:
        """The file is no table further down, or cannot be worked on. What was written stays."""
        with transaction.atomic():
            mine = Import.objects.open().filter(pk=self.pk)
            failure = {"failure": list(refusal.problem), "failed_line": refusal.line}
            if mine.update(failed_at=timezone.now(), attempts=0, **failure):
                record("import.failed", self, reason=refusal.problem.code)
        self.refresh_from_db()

    def try_again(self, *, by: User | None) -> bool:
        """Go on behind the last row that was written. False unless it is `broken()`."""
        with transaction.atomic():
            mine = Import.objects.broken().filter(pk=self.pk)
            went_on = {"failed_at": None, "failure": [], "cleared_at": None, **self.anew()}
            if not mine.update(attempts=0, **went_on):
                return False
            record("import.tried_again", self, by=by)
            self.tell_worker_on_commit()
        self.refresh_from_db()
        return True

    def anew(self) -> dict[str, Any]:
        """What to note when the file has to be read again, all of it: rows belong together.

        What was written stays so; the work goes on behind it.
        """
        return UNREAD if self.started_at else {**UNREAD, **NONE_DONE}

    def forget_staged(self) -> None:
        self.staged.delete()

    def forget_matches(self) -> None:
        """Only at its very end: whoever goes on behind a row that was written needs them."""
        kind_named(self.kind).forget_matches(self)

    @property
    def rows(self) -> QuerySet[ImportRowBase]:
        """What became of its rows, or would."""
        return kind_named(self.kind).rows.objects.filter(of_import=self)

    @property
    def staged(self) -> QuerySet[StagedRowBase]:
        """Its rows on their way in."""
        return kind_named(self.kind).staged.objects.filter(of_import=self)

    @property
    def header(self) -> list[str]:
        """The names of the file's columns."""
        from customers.importing.reading import first_records

        return first_records(self.file.open, self.shape, 0)[0].cells

    @property
    def shape(self) -> Shape:
        from customers.importing.reading import Shape

        return Shape(self.kind, self.encoding, self.delimiter, self.sheet, self.mapping)


COUNTS = {
    Outcome.CREATED: "created_count",
    Outcome.CHANGED: "changed_count",
    Outcome.UNCHANGED: "unchanged_count",
    Outcome.SKIPPED: "skipped_count",
}
NONE_DONE = dict.fromkeys(["done_line", "done_count", *COUNTS.values()], 0)
UNREAD: dict[str, Any] = {"read_at": None, "read_bytes": 0, "read_line": 0, "rows_count": 0}
