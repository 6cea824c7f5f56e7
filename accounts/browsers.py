"""Where somebody is signed in, in words they can compare with their devices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from accounts.models import Session, User
from accounts.signing_in import AGENT_KEY, SINCE_KEY

# Order matters: Edge and Chrome also say Safari, everything says Mozilla.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
]
HAND_HELD = re.compile(r"iPhone|iPad|Android")


@dataclass(frozen=True)
class Browser:
    """One session as pages show it. Where in the world it is nobody guesses."""

    name: str
    icon: str
    since: datetime | None
    seen_at: datetime | None
    handle: str
    is_current: bool


def sessions_of(user: User, *, current: str | None = None) -> list[Browser]:
    """The user's sessions, this browser first, then whichever was seen last.

    `current` is the key in its cookie. One query.
    """
    browsers = [_browser(row, current) for row in Session.objects.of(user).alive()]
    browsers.sort(key=lambda one: one.seen_at.timestamp() if one.seen_at else 0, reverse=True)
    return sorted(browsers, key=lambda one: not one.is_current)


def _browser(row: Session, current: str | None) -> Browser:
    kept = row.get_decoded()
    since, agent = kept.get(SINCE_KEY), kept.get(AGENT_KEY, "")
    began = datetime.fromisoformat(since) if since else None
    return Browser(
        name=name_of(agent),
        icon="smartphone" if HAND_HELD.search(agent) else "laptop",
        since=began,
        seen_at=row.seen_at or began,
        handle=row.handle,
        is_current=row.is_of(current),
    )


def name_of(agent: str) -> str:
    """ "Firefox, Windows" from a User-Agent header."""
    parts = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return ", ".join(part for part in parts if part) or gettext("A browser")


def _first(words: list[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in words if re.search(rf"\b{sign}", agent)), "")
