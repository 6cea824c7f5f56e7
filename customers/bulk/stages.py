"""What bulk changes do, how far they get, and which of them stand where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from customers.bulk.models import BulkChange  # noqa: F401 -- named by the queryset's type


class Kind(models.TextChoices):
    TAG = "tag", _("Add tags")
    UNTAG = "untag", _("Remove tags")
    DISABLE = "disable", _("Disable accounts")
    UNDO = "undo", _("Undo")


class BulkStage(models.TextChoices):
    WORKING = "working", pgettext_lazy("bulk change", "Under way")
    FINISHED = "finished", pgettext_lazy("bulk change", "Done")
    CANCELLED = "cancelled", pgettext_lazy("bulk change", "Cancelled")
    FAILED = "failed", pgettext_lazy("bulk change", "Stopped")


class Outcome(models.TextChoices):
    """What became of a customer. One who was so already leaves no row."""

    CHANGED = "changed", _("Changed")
    TOO_MANY_TAGS = "too_many_tags", _("A customer carries at most 250 tags.")


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def with_work(self) -> Self:
        """Not finished, cancelled or stopped."""
        return self.filter(finished_at=None, cancelled_at=None, failed_at=None)

    def ended(self) -> Self:
        return self.exclude(finished_at=None, cancelled_at=None, failed_at=None)

    def stopped(self) -> Self:
        """Given up: another try may succeed."""
        return self.filter(failed_at__isnull=False)

    def not_called_off(self) -> Self:
        """Under way, done, or stopped half-way."""
        return self.filter(cancelled_at=None)

    def with_words(self) -> Self:
        """All that a line about them says comes along."""
        return self.select_related("asked_by", "undoes").prefetch_related("tags", "undoes__tags")
