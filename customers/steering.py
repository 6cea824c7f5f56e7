"""Long work that people steer: they pause it, let it go on, and call it off."""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.db import models

from customers.turns import InTurns

Row_co = TypeVar("Row_co", bound="Steered", covariant=True)


class SteeredQuerySet(models.QuerySet[Row_co]):
    def open(self) -> Self:
        """Not finished, cancelled or given up."""
        return self.filter(finished_at=None, cancelled_at=None, failed_at=None)

    def ended(self) -> Self:
        return self.exclude(finished_at=None, cancelled_at=None, failed_at=None)

    def paused(self) -> Self:
        """Resting until somebody lets it go on."""
        return self.open().filter(paused_at__isnull=False)


class Steered(InTurns):
    """How it rests and ends, and who said so."""

    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    failed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
