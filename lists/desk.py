"""What staff keep of a list, everybody for themselves: its columns, and views of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import LineField
from core.htmx import form_page
from core.list_own import SAVED, said
from core.permissions import require
from lists.models import LONGEST_NAME, MOST_VIEWS, ColumnChoice, NameTaken, SavedView, TooManyViews
from lists.pages import own_of
from lists.places import ListPlace, place_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

FORM = "lists/view_form.html"


class ViewForm(forms.Form):
    name = LineField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)


@require_POST
def columns(request: DeskRequest, name: str) -> HttpResponse:
    """Show the ticked columns, or with `usual` those of everybody who has chosen nothing.

    A view of one's own has columns of its own.
    """
    place = get_place(request, name)
    known = [column.name for column in place.desk_list.columns]
    ticked = {known[0], *request.POST.getlist("columns")}
    chosen = [] if "usual" in request.POST else [one for one in known if one in ticked]
    own = own_of(request.user, name).view(request.GET)
    if own:
        found_still(get_view(request, name, own.pk).show(chosen))
    else:
        ColumnChoice.choose(name, chosen, by=request.user)
    return to_the_list(
        place, {**said(place.desk_list, request.GET), **({SAVED: str(own.pk)} if own else {})}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: DeskRequest, name: str) -> HttpResponse:
    """Keep what the address asks as a view of one's own."""
    place = get_place(request, name)
    form = ViewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        query = said(place.desk_list, request.GET)
        shown = own_of(request.user, name).columns_of(request.GET)
        try:
            kept = SavedView.keep(form.cleaned_data["name"], name, query, shown, by=request.user)
        except NameTaken:
            form.add_error("name", _("You have a view of this name already."))
        except TooManyViews:
            sentence = _("You have %(count)s views here already. Delete one to make room.")
            form.add_error(None, sentence % {"count": MOST_VIEWS})
        else:
            messages.success(request, _("The view is saved."))
            return to_the_list(place, {**query, SAVED: str(kept.pk)})
    return form_page(request, FORM, form, page_title=_("Save view"), place=place)


@require_http_methods(["GET", "HEAD", "POST"])
def view_name(request: DeskRequest, name: str, pk: int) -> HttpResponse:
    """Another name for a view."""
    place, kept = get_place(request, name), get_view(request, name, pk)
    form = ViewForm(request.POST if request.method == "POST" else None, initial={"name": kept.name})
    if form.is_valid():
        try:
            found_still(kept.rename(form.cleaned_data["name"]))
        except NameTaken:
            form.add_error("name", _("You have a view of this name already."))
        else:
            asked = said(place.desk_list, request.GET)
            return to_the_list(place, {**asked, SAVED: str(pk)})
    return form_page(request, FORM, form, page_title=_("Rename view"), place=place)


@require_POST
def view_query(request: DeskRequest, name: str, pk: int) -> HttpResponse:
    """Let a view ask what the address asks."""
    place, kept = get_place(request, name), get_view(request, name, pk)
    query = said(place.desk_list, request.GET)
    found_still(kept.ask(query))
    messages.success(request, _("The view is saved."))
    return to_the_list(place, {**query, SAVED: str(pk)})


@require_POST
def view_removal(request: DeskRequest, name: str, pk: int) -> HttpResponse:
    place, kept = get_place(request, name), get_view(request, name, pk)
    kept.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": kept.name})
    return to_the_list(place, {})


def get_place(request: DeskRequest, name: str) -> ListPlace:
    place = place_of(name)
    if place is None:
        raise Http404
    require(place.allowed(request.user))
    return place


def get_view(request: DeskRequest, name: str, pk: int) -> SavedView:
    """One's own view of this list, or 404."""
    return get_object_or_404(SavedView, owner=request.user, list_name=name, pk=pk)


def found_still(happened: bool) -> None:  # noqa: FBT001 -- what a verb answered
    """404 as well when another tab deletes the view at this moment."""
    if not happened:
        raise Http404


def to_the_list(place: ListPlace, query: dict[str, str]) -> HttpResponse:
    """To its first page, searched, filtered and sorted like that."""
    return HttpResponseRedirect(f"{reverse(place.url_name)}?{urlencode(query)}".rstrip("?"))
