"""A list's page, with what its reader keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.list_own import Own
from core.list_pages import ListPage, show_list
from lists.models import ColumnChoice, SavedView

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from core.listing import DeskList
    from core.views import DeskRequest


def show(
    request: DeskRequest, desk_list: DeskList[Any], template: str, context: dict[str, Any]
) -> HttpResponse:
    page: ListPage[Any] = ListPage(request, desk_list, own_of(request.user, desk_list.name))
    return show_list(page, template, context)


def own_of(user: User, list_name: str) -> Own:
    """Two queries."""
    choice = ColumnChoice.objects.filter(owner=user, list_name=list_name).first()
    views = SavedView.objects.filter(owner=user, list_name=list_name).order_by("pk")
    return Own(
        columns=tuple(choice.columns) if choice else (),
        views=tuple(view.as_own() for view in views),
    )
