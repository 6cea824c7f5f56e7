"""What one member of staff keeps of a list: which columns it shows, and views of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from core.listing import Asked

if TYPE_CHECKING:
    from django.http import QueryDict

    from core.list_filters import FilterForm
    from core.listing import DeskList

LONGEST_TEXT = 200
LONGEST_CURSOR = 1000
# Names the own view in a list's address, beside all that it asks for.
SAVED = "saved"


@dataclass(frozen=True)
class OwnView:
    """A search, filters and an order under a name; without columns it has those of the list."""

    pk: int
    name: str
    query: Mapping[str, str]
    columns: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return f"?{urlencode({**self.query, SAVED: self.pk})}"


@dataclass(frozen=True)
class Own:
    """What somebody keeps of one list. Without columns it has its usual ones."""

    columns: tuple[str, ...] = ()
    views: tuple[OwnView, ...] = ()

    def view(self, query: QueryDict) -> OwnView | None:
        """The view that an address names, if it is one of theirs."""
        return next((one for one in self.views if str(one.pk) == query.get(SAVED)), None)

    def asked(self, query: QueryDict, form: FilterForm) -> Asked:
        """What an address asks of a list, in the columns that they want to see."""
        return replace(asked_by(query, form), columns=self.columns_of(query))

    def columns_of(self, query: QueryDict) -> tuple[str, ...]:
        view = self.view(query)
        return (view.columns if view else ()) or self.columns


def asked_by(query: QueryDict, form: FilterForm) -> Asked:
    """What an address asks of a list."""
    return Asked(
        text=query.get("q", "").strip()[:LONGEST_TEXT],
        view=query.get("view", ""),
        sort=query.get("sort", ""),
        cursor=query.get("cursor", "")[:LONGEST_CURSOR],
        filters=form.chosen(),
    )


def said(desk_list: DeskList[Any], query: QueryDict) -> dict[str, str]:
    """What an address asks, as it is kept: without a place, and without what nobody can read.

    Two addresses that ask the same say the same.
    """
    form = desk_list.form(query)
    asked = asked_by(query, form)
    sort = desk_list.sort(asked).name
    views = [view.name for view in desk_list.views()]
    kept = {
        "q": asked.text,
        "view": asked.view if asked.view in views[1:] else "",
        "sort": f"-{sort}" if asked.is_turned else sort,
        **{name: str(query[name]) for name in asked.filters},
    }
    kept["sort"] = "" if kept["sort"] == desk_list.sorts[0].name else kept["sort"]
    return {name: text for name, text in kept.items() if text}
