"""What the frames show: the lines of the desk's navigation and of the storefront's header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from core.permissions import can_read
from core.slots import NavEntry, navigation, storefront_links

if TYPE_CHECKING:
    from django.http import HttpRequest

BAR_PLACES = 5


@dataclass
class NavLine:
    """One line as the template draws it."""

    entry: NavEntry
    url: str
    count: int = 0
    is_current: bool = False
    is_open: bool = False
    children: list[NavLine] = field(default_factory=list)

    @property
    def is_last(self) -> bool:
        """Settings keeps to the foot of the column."""
        return self.entry.icon == "settings"


def navigation_for(request: HttpRequest) -> dict[str, Any]:
    """Only what exists and what this user may open."""
    user = getattr(request, "user", None)
    if user is None or not can_read(user):
        return {"lines": [], "bar": [], "more": []}
    lines = [line for entry in navigation.entries() if (line := _line(request, entry))]
    _mark_current(request.path, lines)
    tops = _nest(lines)
    fits = len(tops) <= BAR_PLACES
    places = tops if fits else tops[: BAR_PLACES - 1]
    rest = [] if fits else tops[BAR_PLACES - 1 :]
    return {"request": request, "lines": tops, "bar": places, "more": rest}


def _line(request: HttpRequest, entry: NavEntry) -> NavLine | None:
    if not entry.allowed(request.user):  # type: ignore[arg-type]  # navigation_for asked can_read
        return None
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None  # its app is not mounted in this installation
    count = entry.count(request.user) if entry.count else 0  # type: ignore[arg-type]  # as above
    return NavLine(entry, url, count=count)


def _mark_current(path: str, lines: list[NavLine]) -> None:
    """The line whose address is the longest beginning of the page's; Home only on itself."""
    home = min((line.url for line in lines), key=len, default="")
    inside = [line for line in lines if path.startswith(line.url) and line.url != home]
    inside += [line for line in lines if path == line.url]
    if inside:
        max(inside, key=lambda line: len(line.url)).is_current = True


def _nest(lines: list[NavLine]) -> list[NavLine]:
    """Lines with a parent (its label or URL name) move below it and show while it is open."""
    tops = [line for line in lines if not line.entry.parent]
    by_name = {name: top for top in tops for name in (top.entry.url_name, str(top.entry.label))}
    for line in lines:
        if line.entry.parent in by_name:
            by_name[line.entry.parent].children.append(line)
    for top in tops:
        top.is_open = top.is_current or any(child.is_current for child in top.children)
    return tops


@dataclass(frozen=True)
class StorefrontLine:
    """One link of the storefront's header."""

    label: str
    url: str
    is_current: bool


def storefront_lines(request: HttpRequest) -> list[StorefrontLine]:
    lines = []
    for link in storefront_links.entries():
        try:
            url = reverse(link.url_name)
        except NoReverseMatch:
            continue  # as in the desk: only what exists
        lines.append(StorefrontLine(str(link.label), url, is_current=request.path == url))
    return lines
