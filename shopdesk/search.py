"""The search over everything: Ctrl K on each page, and a page of its own without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.permissions import can_read, require
from core.slots import Found, navigation, search_sources, settings_pages
from customers.masking import sees_masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpResponse

    from core.slots import SearchSource
    from core.views import DeskRequest

Group = tuple[str, "Sequence[Found]"]

LONGEST_QUESTION = 200
MOST_PER_GROUP = 5


@require_safe
def desk_search(request: DeskRequest) -> HttpResponse:
    """All staff; each source shows what its user may see."""
    require(can_read(request.user))
    text = " ".join(request.GET.get("q", "")[:LONGEST_QUESTION].split())
    context = {"page_title": _("Search"), "text": text, "groups": list(_groups(request, text))}
    return render_page(request, "shopdesk/search.html", context, partial="found")


def _groups(request: DeskRequest, text: str) -> Iterator[Group]:
    """What apps found, in their order, and last the desk's pages. Empty groups are left out."""
    masked = sees_masked(request.user)
    mine = [
        one
        for one in search_sources.entries()
        if text and one.allowed(request.user) and (one.is_plain or not masked)
    ]
    is_found = False
    for source in mine:
        if not source.is_last_resort and (found := source.find(request, text)):
            is_found = True
            yield str(source.label), [*found[:MOST_PER_GROUP], *_all_of(source, found, text)]
    if pages := _pages(request, text):
        yield _("Go to"), pages
    if not is_found and not pages:
        yield from _last_resorts(request, text, mine)


def _all_of(source: SearchSource, found: Sequence[Found], text: str) -> Iterator[Found]:
    """The way on from a full group: there may be more than it shows."""
    if source.list_url_name and len(found) >= MOST_PER_GROUP:
        url = f"{reverse(source.list_url_name)}?{urlencode({'q': text})}"
        yield Found(_("View all results"), url, icon="search")


def _last_resorts(
    request: DeskRequest, text: str, sources: Sequence[SearchSource]
) -> Iterator[Group]:
    for source in sources:
        if source.is_last_resort and (found := source.find(request, text)):
            yield str(source.label), found[:MOST_PER_GROUP]


def _pages(request: DeskRequest, text: str) -> list[Found]:
    """Pages whose name has all the words; all pages of the navigation while nothing is typed."""
    words = text.casefold().split()
    pages = list(_navigation(request)) + (list(_settings(request)) if words else [])
    return [page for page in pages if all(word in _spoken(page) for word in words)]


def _navigation(request: DeskRequest) -> Iterator[Found]:
    for entry in navigation.entries():
        if entry.allowed(request.user) and (url := _url(entry.url_name)):
            yield Found(str(entry.label), url, icon=entry.icon)


def _settings(request: DeskRequest) -> Iterator[Found]:
    for page in settings_pages.entries():
        if page.allowed(request.user) and (url := _url(page.url_name)):
            yield Found(str(page.label), url, detail=_("Settings"), icon=page.icon)


def _spoken(page: Found) -> str:
    return f"{page.label} {page.detail}".casefold()


def _url(name: str) -> str:
    """Empty for a page that this installation has not mounted."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
