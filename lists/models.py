"""What members of staff keep of the desk's lists. Their own affair: no events tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class ColumnChoice(models.Model):
    """Which columns somebody wants to see in a list. Without one it shows its usual columns."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=20)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [
            # Its index is read by every visit of a list.
            models.UniqueConstraint(fields=["owner", "list_name"], name="column_choice_once")
        ]

    @classmethod
    def choose(cls, list_name: str, columns: Sequence[str], *, by: User) -> None:
        """Show these columns from now on; none at all for the usual ones."""
        if not columns:
            cls.objects.filter(owner=by, list_name=list_name).delete()
            return
        ColumnChoice.objects.bulk_create(
            [ColumnChoice(owner=by, list_name=list_name, columns=list(columns))],
            update_conflicts=True,
            unique_fields=["owner", "list_name"],
            update_fields=["columns"],
        )
