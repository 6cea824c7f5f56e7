"""What staff choose about a list, everybody for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from core.list_own import said
from core.permissions import require
from lists.models import ColumnChoice
from lists.places import ListPlace, place_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_POST
def columns(request: DeskRequest, name: str) -> HttpResponse:
    """Show the ticked columns, or with `usual` those of everybody who has chosen nothing."""
    place = get_place(request, name)
    known = [column.name for column in place.desk_list.columns]
    ticked = {known[0], *request.POST.getlist("columns")}
    chosen = [] if "usual" in request.POST else [one for one in known if one in ticked]
    ColumnChoice.choose(name, chosen, by=request.user)
    return back_to_the_list(request, place)


def get_place(request: DeskRequest, name: str) -> ListPlace:
    place = place_of(name)
    if place is None:
        raise Http404
    require(place.allowed(request.user))
    return place


def back_to_the_list(request: DeskRequest, place: ListPlace) -> HttpResponse:
    """To its first page, searched, filtered and sorted as the address of this one says."""
    query = urlencode(said(place.desk_list, request.GET))
    return HttpResponseRedirect(f"{reverse(place.url_name)}?{query}".rstrip("?"))
