"""How far imports get, and which of them stand where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.importing.problems import BROKEN

if TYPE_CHECKING:
    from customers.importing.models import Import  # noqa: F401 -- named by the queryset's type


class Stage(models.TextChoices):
    READING = "reading", _("Reading")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Ready to import")
    IMPORTING = "importing", _("Importing")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
    FAILED = "failed", _("Failed")


class Progress(NamedTuple):
    done: int
    total: int


class ImportQuerySet(models.QuerySet["Import"]):
    def open(self) -> Self:
        """Not finished, cancelled or refused."""
        return self.filter(finished_at=None, cancelled_at=None, failed_at=None)

    def ended(self) -> Self:
        return self.exclude(finished_at=None, cancelled_at=None, failed_at=None)

    def with_work(self) -> Self:
        """A worker has something to do: read, check, or write what was started."""
        return self.open().filter(Q(checked_at=None) | Q(started_at__isnull=False))

    def broken(self) -> Self:
        """Failed by no fault of the file: another try may succeed."""
        return self.filter(failed_at__isnull=False, failure__0=BROKEN, forgotten_at=None)

    def checked(self) -> Self:
        """Waiting for somebody to say "import"."""
        return self.open().filter(checked_at__isnull=False, started_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-uploaded_at", "-id")
