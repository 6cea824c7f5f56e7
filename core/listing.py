"""A list of the desk: what somebody asked it for, and one page of the answer.

An app says which rows, views, sorts and filters there are. Reading, paging, counting and giving up
in time are the same for all; `core.list_pages` is what templates draw around the rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.list_filters import FilterForm
from core.pagination import BadCursor, KeysetPage, keyset_page
from core.patience import TooSlow, bounded
from core.slots import everyone
from core.totals import Total, total_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

Row = TypeVar("Row", bound=Model)
NONE = Total(0)


@dataclass(frozen=True)
class View:
    """A tab of a list. `rows` narrows the list down and must not join rows twice; None leaves all.

    A view with a `sort` of its own is opened in that order.
    """

    name: str
    label: _StrOrPromise
    rows: Callable[[Any], Any] | None = None
    allowed: Callable[[User], bool] = everyone
    sort: str = ""


@dataclass(frozen=True)
class Sort:
    """An order of a list. `column` is never null and has an index together with the id."""

    name: str
    label: _StrOrPromise
    turned_label: _StrOrPromise
    column: str
    falls: bool = True

    def ordering(self, *, turned: bool) -> tuple[str, str]:
        sign = "-" if self.falls != turned else ""
        return f"{sign}{self.column}", f"{sign}id"


@dataclass(frozen=True)
class Column:
    """A column of a list; a heading with a `sort` sorts.

    Unless somebody has chosen it, one with `widths` is for these only: a class of the style sheet.
    """

    name: str
    label: _StrOrPromise
    sort: str = ""
    kind: str = ""  # "num" stands at the right
    is_usual: bool = True  # shown to whoever has chosen nothing
    widths: str = ""


@dataclass(frozen=True)
class Asked:
    """What somebody asked a list for; every part is optional. A "-" turns a sort round."""

    text: str = ""
    view: str = ""
    sort: str = ""
    cursor: str = ""
    filters: dict[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()  # to be shown; none for the usual ones

    @property
    def is_turned(self) -> bool:
        return self.sort.startswith("-")

    def from_start(self) -> Asked:
        return replace(self, cursor="")


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list, and what to say about it."""

    page: KeysetPage[Row] = field(default_factory=KeysetPage)
    total: Total = NONE
    offers: list[str] = field(default_factory=list)  # other texts that would find something
    is_too_slow: bool = False  # given up: these rows, if any, are not all
    is_bad_cursor: bool = False


class DeskList(ABC, Generic[Row]):
    """The first view and the first sort go without saying, the first column is always shown."""

    name: ClassVar[str]  # "customer" is drawn by `_customer_rows.html`
    filters_template: ClassVar[str]  # draws the fields of `form`
    search_label: ClassVar[_StrOrPromise]
    sorts: ClassVar[tuple[Sort, ...]]
    columns: ClassVar[tuple[Column, ...]]
    form: ClassVar[type[FilterForm]] = FilterForm
    page_size: ClassVar[int] = 50

    @abstractmethod
    def rows(self, user: User) -> QuerySet[Row]:
        """All that this user may see."""

    @abstractmethod
    def sees_all_rows(self, user: User) -> bool:
        """Whether these are all there are: how many is then known without counting."""

    @abstractmethod
    def views(self) -> Sequence[View]: ...

    @abstractmethod
    def filtered(self, rows: Any, filters: dict[str, Any]) -> Any:
        """What the filters leave; by the names of the form's fields."""

    @abstractmethod
    def searched(self, rows: Any, asked: Asked) -> Listing[Row]:
        """The answer where there is a text to search for."""

    @abstractmethod
    def with_what_is_shown(self, rows: Any, asked: Asked) -> Any:
        """Let come along what each row shows, in a fixed number of queries."""

    @abstractmethod
    def in_words(self, count: int) -> str:
        """So many rows, e.g. "3 orders"."""

    def total_in_words(self, total: Total) -> str:
        """So many, honestly "about" where nobody counted to the end."""
        said = self.in_words(total.number)
        return _("about %(count)s") % {"count": said} if total.is_about else said

    def read(self, asked: Asked, *, user: User) -> Listing[Row]:
        """Read one page. Two seconds at most, then what is quick; never an error."""
        try:
            return self._in_time(asked, user)
        except BadCursor:
            return replace(self._in_time(asked.from_start(), user), is_bad_cursor=True)

    def _in_time(self, asked: Asked, user: User) -> Listing[Row]:
        """Raises BadCursor."""
        try:
            with bounded():
                return self.answer(asked, user)
        except TooSlow:
            return self._instead(asked, user)

    def _instead(self, asked: Asked, user: User) -> Listing[Row]:
        try:
            with bounded():
                return self.what_is_quick(asked, user)
        except TooSlow:
            return Listing(is_too_slow=True)

    def answer(self, asked: Asked, user: User) -> Listing[Row]:
        rows = self.narrowed(asked, user)
        if asked.text:
            return self.searched(rows, asked)
        is_whole_table = self.sees_all_rows(user) and not self.is_narrowed(asked)
        return self.listing(rows, asked, is_whole_table=is_whole_table)

    def matching(self, asked: Asked, user: User) -> Any:
        """All rows of all pages."""
        rows = self.narrowed(asked, user)
        return self.found(rows, asked) if asked.text else rows

    def found(self, rows: Any, asked: Asked) -> Any:
        """The rows that a search finds among these, all of them; for lists that say how."""
        raise NotImplementedError

    def counted(self, asked: Asked, user: User) -> str:
        """How many match, counted to the last, in words; empty where that takes too long.

        For whoever is about to do something to all of them.
        """
        try:
            with bounded():
                return self.in_words(self.matching(asked, user).order_by().count())
        except TooSlow:
            return ""

    def what_is_quick(self, asked: Asked, user: User) -> Listing[Row]:  # noqa: ARG002 -- for lists that know more
        """The answer was given up."""
        return Listing(is_too_slow=True)

    def narrowed(self, asked: Asked, user: User) -> Any:
        view = self.view(asked, user)
        rows = self.rows(user)
        return self.filtered(view.rows(rows) if view.rows else rows, asked.filters)

    def listing(self, rows: Any, asked: Asked, *, is_whole_table: bool = False) -> Listing[Row]:
        """A page of these rows, and how many there are. Raises BadCursor."""
        page = self.page(rows, asked)
        return Listing(page, total_of(rows, is_whole_table=is_whole_table))

    def page(self, rows: Any, asked: Asked) -> KeysetPage[Row]:
        shown = self.with_what_is_shown(rows, asked)
        ordering = self.ordering(asked)
        page = keyset_page(shown, ordering, cursor=asked.cursor, size=self.page_size)
        if asked.cursor and not page.rows:
            raise BadCursor  # the rows behind it are gone
        return page

    def shown(self, asked: Asked) -> tuple[Column, ...]:
        """The columns to show, in the list's own order."""
        first, *others = self.columns
        if not asked.columns:
            return (first, *(one for one in others if one.is_usual))
        return (first, *(one for one in others if one.name in asked.columns))

    def view(self, asked: Asked, user: User) -> View:
        mine = [view for view in self.views() if view.allowed(user)]
        return next((view for view in mine if view.name == asked.view), mine[0])

    def sort(self, asked: Asked) -> Sort:
        named = asked.sort.removeprefix("-")
        return next((sort for sort in self.sorts if sort.name == named), self.sorts[0])

    def ordering(self, asked: Asked) -> tuple[str, str]:
        return self.sort(asked).ordering(turned=asked.is_turned)

    def is_narrowed(self, asked: Asked) -> bool:
        """A view or a filter leaves rows out."""
        named = [view for view in self.views() if view.name == asked.view]
        return bool(asked.filters) or any(view.rows for view in named)
