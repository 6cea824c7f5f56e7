"""Named places on pages that upper apps fill, so that a lower app need not know them.

An app fills slots in `AppConfig.ready`. The frame's own slots stand here; the slots of one page
stand beside that page (`customers/slots.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

Entry = TypeVar("Entry")


class Slot(Generic[Entry]):
    """An ordered list that is filled while the apps load and only read afterwards."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: list[tuple[int, Entry]] = []

    def add(self, entry: Entry, *, order: int = 100) -> Entry:
        """Put an entry in; lower orders come first, equal ones in the order they were added."""
        if entry not in (known for _, known in self._entries):
            self._entries.append((order, entry))
            self._entries.sort(key=lambda pair: pair[0])
        return entry

    def add_in_turn(self, entries: Iterable[Entry], *, start: int) -> None:
        """Put several in, one behind the other."""
        for order, entry in enumerate(entries, start=start):
            self.add(entry, order=order)

    def entries(self) -> list[Entry]:
        return [entry for _, entry in self._entries]


def everyone(_user: User) -> bool:
    return True


def nothing(*_subjects: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class NavEntry:
    """A line of the side navigation. `count` is shown beside it when it is above 0."""

    label: _StrOrPromise
    url_name: str
    icon: str = ""
    allowed: Callable[[User], bool] = everyone
    count: Callable[[User], int] | None = None
    parent: str = ""


@dataclass(frozen=True)
class SettingsPage:
    """A page under Settings."""

    label: _StrOrPromise
    description: _StrOrPromise
    url_name: str
    icon: str
    allowed: Callable[[User], bool] = everyone


@dataclass(frozen=True)
class Panel:
    """A piece of a page: a template, and what it needs. A context of None hides the piece.

    `context` is called with the request and the page's subjects (Home has none). On Home, `aside`
    puts the piece into the narrow column. `is_plain`: it tells nothing that could be kept from any
    reader of its page, and so is shown to all of them.
    """

    template: str
    context: Callable[..., dict[str, Any] | None] = nothing
    allowed: Callable[[User], bool] = everyone
    name: str = ""
    aside: bool = False
    is_plain: bool = False


@dataclass(frozen=True)
class Found:
    """One line in the search over everything (Ctrl K). `action` posts instead of following."""

    label: str
    url: str
    detail: str = ""
    icon: str = ""
    posts: bool = False


@dataclass(frozen=True)
class SearchSource:
    """Something that Ctrl K looks in: at most five `Found` for a text, in a moment."""

    label: _StrOrPromise
    find: Callable[[HttpRequest, str], Sequence[Found]]
    allowed: Callable[[User], bool] = everyone
    is_last_resort: bool = False  # asked when nothing else found anything
    list_url_name: str = ""  # the list that shows all of them, searched by ?q=
    is_plain: bool = False  # as of a panel


@dataclass(frozen=True)
class StorefrontLink:
    """A line in the storefront's header."""

    label: _StrOrPromise
    url_name: str


@dataclass(frozen=True)
class FilledPanel:
    """A panel whose context was asked for and is not None."""

    template: str
    name: str
    context: dict[str, Any] = field(default_factory=dict)
    aside: bool = False


def fill(
    panels: Iterable[Panel], request: HttpRequest, *subjects: Any, only_plain: bool = False
) -> list[FilledPanel]:
    """Ask each panel this user may see for its context; leave out those with nothing to say."""
    filled = []
    for panel in panels:
        if only_plain and not panel.is_plain:
            continue
        if not panel.allowed(request.user):  # type: ignore[arg-type]  # desk pages need a sign-in
            continue
        context = panel.context(request, *subjects)
        if context is not None:
            filled.append(FilledPanel(panel.template, panel.name, context, panel.aside))
    return filled


navigation: Slot[NavEntry] = Slot("navigation")
settings_pages: Slot[SettingsPage] = Slot("settings pages")
home_cards: Slot[Panel] = Slot("home cards")
search_sources: Slot[SearchSource] = Slot("search sources")
storefront_links: Slot[StorefrontLink] = Slot("storefront links")
