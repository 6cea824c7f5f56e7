"""A list as its template draws it: tabs, headings, chips, and the addresses they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.functional import cached_property

from core.htmx import render_page
from core.list_own import SAVED, Own, said
from core.listing import Column, DeskList, Row, Sort, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse
    from django.utils.functional import _StrOrPromise

    from core.views import DeskRequest


@dataclass(frozen=True)
class Tab:
    label: _StrOrPromise
    url: str
    is_current: bool


@dataclass(frozen=True)
class Heading:
    """A column's head. One that sorts: where a click leads, and how it is sorted, in ARIA's words.

    `widths` is a class of the style sheet: which screens have room for it.
    """

    label: _StrOrPromise
    kind: str
    widths: str
    id: str = ""
    url: str = ""
    aria: str = ""


@dataclass(frozen=True)
class Choice:
    value: str
    label: _StrOrPromise
    is_chosen: bool


def show_list(page: ListPage[Any], template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or for htmx its rows with what else has changed around them."""
    request = page.request
    context = {**context, "list": page}
    response = render_page(request, template, context, partial=page.rows_id)
    if request.htmx:
        # Typing goes on in one place; Back leads to the list before it, not to half a word.
        header = "HX-Replace-Url" if page.is_typed_on else "HX-Push-Url"
        response[header] = request.path + page.address()
    return response


class ListPage(Generic[Row]):
    """Reads the list as soon as it is made."""

    def __init__(self, request: DeskRequest, desk_list: DeskList[Row], own: Own) -> None:
        self.request, self.desk_list, self.own = request, desk_list, own
        self.form = desk_list.form(request.GET)
        self.asked = own.asked(request.GET, self.form)
        self.own_view = own.view(request.GET)
        self.columns = desk_list.shown(self.asked)
        self.listing = desk_list.read(self.asked, user=request.user)
        self.rows_id = f"{desk_list.name}_rows"

    @property
    def name(self) -> str:
        return self.desk_list.name

    @property
    def filters_template(self) -> str:
        return self.desk_list.filters_template

    @property
    def search_label(self) -> _StrOrPromise:
        return self.desk_list.search_label

    @property
    def is_unreadable(self) -> bool:
        return bool(self.form.errors) or self.listing.is_bad_cursor

    @property
    def is_everything(self) -> bool:
        """Neither searched nor narrowed down: an empty list is an empty shop."""
        return not self.asked.text and not self.desk_list.is_narrowed(self.asked)

    @property
    def rows(self) -> Sequence[Row]:
        return self.listing.page.rows

    @property
    def total_words(self) -> str:
        return self.desk_list.total_in_words(self.listing.total)

    @property
    def is_counted(self) -> bool:
        """`total_words` are no estimate, and there are no others."""
        return not (self.listing.total.is_about or self.listing.is_too_slow)

    @property
    def tabs(self) -> list[Tab]:
        """The list's views, then one's own."""
        current = self.own_view or self.desk_list.view(self.asked, self.request.user)
        views = [one for one in self.desk_list.views() if one.allowed(self.request.user)]
        built_in = [Tab(one.label, self._tab_address(one), one == current) for one in views]
        return built_in + [Tab(one.name, one.address, one == current) for one in self.own.views]

    def _tab_address(self, view: View) -> str:
        """Tabs keep what was asked; one's own view is left together with all that it asks."""
        left = dict.fromkeys(self.request.GET if self.own_view else (), "")
        return self.address(**{**left, "view": view.name, **_sort_of(view.sort)})

    @property
    def is_plain(self) -> bool:
        """Nothing is asked that somebody could want to keep, but for columns."""
        return not said(self.desk_list, self.request.GET)

    @property
    def is_changed(self) -> bool:
        """One's own view no longer asks what it was kept for."""
        asked = said(self.desk_list, self.request.GET)
        return self.own_view is not None and self.own_view.query != asked

    @cached_property
    def shown(self) -> set[str]:
        """The names of the columns that are shown."""
        return {column.name for column in self.columns}

    @property
    def column_choices(self) -> list[Choice]:
        """Every column that may be left out."""
        shown = self.shown
        return [
            Choice(one.name, one.label, one.name in shown) for one in self.desk_list.columns[1:]
        ]

    @property
    def has_own_columns(self) -> bool:
        return bool(self.asked.columns)

    @property
    def headings(self) -> list[Heading]:
        sorts = {sort.name: sort for sort in self.desk_list.sorts}
        return [self._heading(column, sorts.get(column.sort)) for column in self.columns]

    def _heading(self, column: Column, sort: Sort | None) -> Heading:
        widths = "" if self.has_own_columns else column.widths
        if sort is None:
            return Heading(column.label, column.kind, widths)
        is_sorted = sort == self.desk_list.sort(self.asked)
        is_turned = is_sorted and self.asked.is_turned
        following = f"-{sort.name}" if is_sorted and not is_turned else sort.name
        aria = "descending" if sort.falls != is_turned else "ascending"
        return Heading(
            column.label,
            column.kind,
            widths,
            id=f"{self.name}_by_{sort.name}",
            url=self.address(sort=following),
            aria=aria if is_sorted else "",
        )

    @property
    def sort_choices(self) -> list[Choice]:
        """Each order and its reverse."""
        sorts = self.desk_list.sorts
        ways = [way for one in sorts for way in ((one.name, one.label), _turned(one))]
        turned = "-" if self.asked.is_turned else ""
        now = turned + self.desk_list.sort(self.asked).name
        return [Choice(value, label, value == now) for value, label in ways]

    @property
    def is_one_of_several(self) -> bool:
        """Not the only page, and all rows of all pages are known to match what was asked."""
        page = self.listing.page
        is_whole = not self.listing.is_too_slow and not self.is_unreadable
        return is_whole and bool(page.next or page.previous)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter that is on, in words, and the list without it."""
        return [
            (self.form.in_words(name, value, user=self.request.user), self.address(**{name: ""}))
            for name, value in self.asked.filters.items()
        ]

    @property
    def unfiltered(self) -> str:
        """The same view, search and order without any filter."""
        return self.address(**dict.fromkeys(self.form.fields, ""))

    @property
    def offers(self) -> list[tuple[str, str]]:
        return [(text, self.address(q=text)) for text in self.listing.offers]

    @property
    def is_partial(self) -> bool:
        """htmx asked for the rows alone, so what changed around them has to come along."""
        htmx = self.request.htmx
        return bool(htmx) and not htmx.boosted and not htmx.history_restore_request

    @property
    def is_asked_by_form(self) -> bool:
        """Whoever types or chooses goes on doing so: their form stays as it is."""
        return bool(self.request.htmx) and self.request.htmx.trigger == f"{self.name}_filter"

    @property
    def is_typed_on(self) -> bool:
        before = dict(parse_qsl(urlsplit(self.request.htmx.current_url or "").query))
        after = dict(parse_qsl(self.address().removeprefix("?")))
        return "q" in before and {**before, "q": ""} == {**after, "q": ""}

    def address(self, **changes: str) -> str:
        """This list's address with some parts changed; what goes without saying is left out.

        Whatever changes, the list starts from its first page.
        """
        query = {**self.request.GET.dict(), **({"cursor": ""} if changes else {}), **changes}
        query[SAVED] = query.get(SAVED, "") if self.own_view else ""
        unsaid = {"view": self.desk_list.views()[0].name, "sort": self.desk_list.sorts[0].name}
        said = {name: one for name, one in query.items() if one and unsaid.get(name) != one}
        return f"?{urlencode(said)}"


def _sort_of(sort: str) -> dict[str, str]:
    return {"sort": sort} if sort else {}


def _turned(sort: Sort) -> tuple[str, _StrOrPromise]:
    return f"-{sort.name}", sort.turned_label
