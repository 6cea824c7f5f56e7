"""What became of every row, and the rows on their way in."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIPPED = "skipped", _("Skipped")


class ImportRowBase(models.Model):
    """What became of a row. The dry run notes what it would change and what needs a look.

    A row that says the same of its subject as the one before leaves none. The cells themselves
    stay in the file. Each kind adds what its rows are about, and these indexes of its own: unique
    (of_import, line); (of_import, line) of rows with problems, and of rows with changes.
    """

    of_import = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    line = models.BigIntegerField()
    # By the import. What the dry run noted has not happened.
    is_written = models.BooleanField(default=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    problems = models.JSONField(default=list)
    # Of each field of what was there: what it held before, and what the row says.
    changes = models.JSONField(default=dict)
    digest = models.UUIDField()

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.of_import_id}:{self.line}"

    @property
    def subject_id(self) -> int | None:
        """What the row is about; None where nothing is, or no longer. Said by each kind's rows."""
        raise NotImplementedError

    @property
    def subject_name(self) -> str:
        """What people call it; "" where there is none. Said by each kind's rows."""
        raise NotImplementedError


class StagedRowBase(models.Model):
    """A row between the file and its table.

    Unlogged: a crash of the server empties the table, and the file is read again from where it was.
    """

    pk = models.CompositePrimaryKey("of_import_id", "line")
    of_import = models.ForeignKey(
        "customers.Import",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    line = models.BigIntegerField()
    problems = models.JSONField()
    is_usable = models.BooleanField()
    digest = models.UUIDField()
    # Of the first rows, which the dry run's page shows: what is to become of them.
    verdict = models.CharField(max_length=9, choices=Outcome.choices, blank=True, db_default="")

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.of_import_id}:{self.line}"
