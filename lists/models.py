"""What members of staff keep of the desk's lists. Their own affair: no events tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from core.constraints import broke
from core.list_own import OwnView

if TYPE_CHECKING:
    from accounts.models import User


LONGEST_NAME = 40
MOST_VIEWS = 20


class NameTaken(Exception):
    """They have a view of this list by that name already, whatever its capitals."""


class TooManyViews(Exception):
    """Somebody keeps at most 20 views of a list."""


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


class SavedView(models.Model):
    """A search, filters, an order and columns of a list, under a name of somebody's own."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    list_name = models.CharField(max_length=20)
    name = models.CharField(max_length=LONGEST_NAME)
    # One of twenty: whoever comes too late finds none left, and two at once cannot share one.
    place = models.PositiveSmallIntegerField()
    # As `core.list_own.said` puts it.
    query = models.JSONField(default=dict)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [
            # Its index is read by every visit of a list.
            models.UniqueConstraint(
                fields=["owner", "list_name", "place"], name="saved_view_place_once"
            ),
            models.UniqueConstraint(
                "owner", "list_name", Lower("name"), name="saved_view_name_once"
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_VIEWS), name="saved_view_place_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(
        cls,
        name: str,
        list_name: str,
        query: Mapping[str, str],
        columns: Sequence[str],
        *,
        by: User,
    ) -> SavedView:
        """Keep a new view. Raises NameTaken, TooManyViews."""
        mine = cls.objects.filter(owner=by, list_name=list_name)
        while place := _free_place(mine):
            kept = cls(owner=by, list_name=list_name, place=place, name=name)
            kept.query, kept.columns = dict(query), list(columns)
            try:
                with _names_once():
                    kept.save()
            except IntegrityError as error:
                if not broke(error, "saved_view_place_once"):
                    raise
            else:
                return kept
        raise TooManyViews

    def rename(self, name: str) -> bool:
        """False when it is deleted meanwhile. Raises NameTaken."""
        with _names_once():
            return self._change(name=name)

    def ask(self, query: Mapping[str, str]) -> bool:
        """Search, filter and sort like this from now on. False when it is deleted meanwhile."""
        return self._change(query=dict(query))

    def show(self, columns: Sequence[str]) -> bool:
        """Show these columns from now on; none at all for those of the list.

        False when it is deleted meanwhile.
        """
        return self._change(columns=list(columns))

    def as_own(self) -> OwnView:
        return OwnView(self.pk, self.name, self.query, tuple(self.columns))

    def _change(self, **facts: Any) -> bool:
        return bool(SavedView.objects.filter(pk=self.pk).update(**facts))


@contextmanager
def _names_once() -> Iterator[None]:
    """Raises NameTaken where the database finds the name among theirs."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if broke(error, "saved_view_name_once"):
            raise NameTaken from error
        raise


def _free_place(views: models.QuerySet[SavedView]) -> int | None:
    taken = set(views.values_list("place", flat=True))
    return next((place for place in range(1, MOST_VIEWS + 1) if place not in taken), None)
