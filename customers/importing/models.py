"""Imports of customers: how far each got, and the verbs that move it on."""

from __future__ import annotations

import io
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from customers.importing.outcomes import ImportRow, Outcome, StagedRow
from customers.importing.problems import BROKEN, FileRefused, refusal_in_words
from customers.importing.stages import ImportQuerySet, Progress, Stage
from events.log import record
from shop.models import StoredFile
from shop.models.files import FileTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from customers.importing.reading import Shape

CHUNK_SIZE = 1024 * 1024


__all__ = ["CannotStart", "Import", "ImportRow", "Outcome", "Stage", "StagedRow"]


class CannotStart(Exception):
    """The file has not been checked yet, or the import was started, cancelled or refused before."""


class Import(models.Model):
    """One file of customers, from its upload to its last row."""

    # A step that fails so often, or takes so many workers with it, is not tried again by itself.
    MAX_ATTEMPTS = 5

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # Whose customer ids the file carries.
    source = models.CharField(max_length=40, default="shopify")
    # Of customers who are there already it overwrites nothing.
    only_fills_gaps = models.BooleanField(default=False)
    # Names of the file's columns that are not taken in.
    passed_over = models.JSONField(default=list)
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    failed_at = models.DateTimeField(null=True)
    # A Problem and, where known, its line: shown in the reader's language.
    failure = models.JSONField(default=list)
    failed_line = models.BigIntegerField(null=True)
    # How far: lines of the file, so that whoever comes next goes on behind them.
    read_line = models.BigIntegerField(default=0)
    read_bytes = models.BigIntegerField(default=0)
    done_line = models.BigIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)
    # The file and its cells are gone; see `customers.importing.forgetting`.
    forgotten_at = models.DateTimeField(null=True)
    # Tries since the last step that succeeded.
    attempts = models.PositiveIntegerField(default=0)
    rows_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    # Of the dry run until the import is started, then of the import.
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)

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
    def upload(
        cls,
        stream: IO[bytes],
        *,
        name: str,
        by: User | None,
        only_fills_gaps: bool = False,
        in_worker: bool = True,
    ) -> Import:
        """Take in a file and have it checked. Raises FileRefused, and then nothing is kept.

        Without `in_worker` the caller does the work, with `customers.importing.working.work`.
        """
        from customers.importing.reading import recognise

        with transaction.atomic():
            file = _stored(stream, name=name, by=by)
            shape = recognise(partial(_from_start, stream))
            one = cls.objects.create(
                file=file,
                encoding=shape.encoding,
                delimiter=shape.delimiter,
                passed_over=shape.passed_over,
                only_fills_gaps=only_fills_gaps,
                uploaded_by=by,
            )
            record("import.uploaded", one, by=by)
            if in_worker:
                one.tell_worker()
        return one

    def start(self, *, by: User | None, in_worker: bool = True) -> None:
        """Write the customers. Of two clicks the second is refused (CannotStart)."""
        with transaction.atomic():
            mine = Import.objects.checked().filter(pk=self.pk)
            if not mine.update(started_at=timezone.now(), started_by=by, **NONE_DONE):
                raise CannotStart
            record("import.started", self, by=by)
            if in_worker:
                self.tell_worker()
        self.refresh_from_db()

    def cancel(self, *, by: User | None) -> bool:
        """Stop where it is; what was written stays. False when it had ended before."""
        with transaction.atomic():
            mine = Import.objects.open().filter(pk=self.pk)
            if not mine.update(cancelled_at=timezone.now(), cancelled_by=by):
                return False
            record("import.cancelled", self, by=by)
            self.forget_staged()
        self.refresh_from_db()
        return True

    def fail(self, refusal: FileRefused) -> None:
        """The file is no table further down, or cannot be worked on. What was written stays."""
        with transaction.atomic():
            mine = Import.objects.open().filter(pk=self.pk)
            failure = {"failure": list(refusal.problem), "failed_line": refusal.line}
            if mine.update(failed_at=timezone.now(), **failure):
                record("import.failed", self, reason=refusal.problem.code)
                self.forget_staged()
        self.refresh_from_db()

    def try_again(self, *, by: User | None) -> bool:
        """Go on behind the last row that was written. False unless it is `broken()`."""
        with transaction.atomic():
            mine = Import.objects.broken().filter(pk=self.pk)
            if not mine.update(failed_at=None, failure=[], attempts=0, **self.anew()):
                return False
            record("import.tried_again", self, by=by)
            self.tell_worker()
        self.refresh_from_db()
        return True

    def anew(self) -> dict[str, Any]:
        """What to note when the file has to be read again: behind what was written."""
        unread = {"read_at": None, "read_bytes": 0}
        if self.started_at is None:
            return {**unread, **NONE_DONE, "read_line": 0, "rows_count": 0}
        return {**unread, "read_line": self.done_line, "rows_count": self.done_count}

    def tell_worker(self) -> None:
        """On commit; should the broker be away, the sweep does it within a minute."""
        from events.broker import tell_worker

        transaction.on_commit(
            partial(tell_worker, "customers.tasks.work_on_import", self.pk, queue="bulk")
        )

    def forget_staged(self) -> None:
        StagedRow.objects.filter(of_import=self).delete()

    @property
    def stage(self) -> Stage:
        ends = {
            Stage.FAILED: self.failed_at,
            Stage.CANCELLED: self.cancelled_at,
            Stage.FINISHED: self.finished_at,
            Stage.IMPORTING: self.started_at,
            Stage.CHECKED: self.checked_at,
            Stage.CHECKING: self.read_at,
        }
        return next((stage for stage, at in ends.items() if at), Stage.READING)

    @property
    def is_working(self) -> bool:
        return self.stage in {Stage.READING, Stage.CHECKING, Stage.IMPORTING}

    @property
    def progress(self) -> Progress:
        """Hundredths of the file while the number of rows is not known, then rows."""
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
        return is_ours and self.forgotten_at is None

    @property
    def shape(self) -> Shape:
        from customers.importing.reading import Shape

        return Shape(self.encoding, self.delimiter)


COUNTS = {
    Outcome.CREATED: "created_count",
    Outcome.CHANGED: "changed_count",
    Outcome.UNCHANGED: "unchanged_count",
    Outcome.SKIPPED: "skipped_count",
}
NONE_DONE = dict.fromkeys(["done_line", "done_count", *COUNTS.values()], 0)


def _stored(stream: IO[bytes], *, name: str, by: User | None) -> StoredFile:
    limit = settings.IMPORT_SIZE_LIMIT
    try:
        return StoredFile.store(stream, name=name, content_type="text/csv", by=by, limit=limit)
    except FileTooLarge as error:
        raise FileRefused("too_large", str(limit // 10**6)) from error


def _from_start(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0, io.SEEK_SET)
    return iter(lambda: stream.read(CHUNK_SIZE), b"")
