"""Where somebody is signed in, in words they can compare with their devices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
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


@dataclass(frozen=True)
class Browser:
    """One session as the profile shows it."""

    name: str
    since: datetime | None
    is_current: bool


def sessions_of(user: User, *, current: str | None) -> list[Browser]:
    """The user's sessions, this browser first; `current` is the key in its cookie."""
    rows = Session.objects.of(user).filter(expire_date__gt=timezone.now()).order_by("-expire_date")
    browsers = [_browser(row, current) for row in rows]
    return sorted(browsers, key=lambda one: not one.is_current)


def _browser(row: Session, current: str | None) -> Browser:
    kept = row.get_decoded()
    since = kept.get(SINCE_KEY)
    return Browser(
        name=name_of(kept.get(AGENT_KEY, "")),
        since=datetime.fromisoformat(since) if since else None,
        is_current=row.is_of(current),
    )


def name_of(agent: str) -> str:
    """ "Firefox, Windows" from a User-Agent header."""
    parts = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return ", ".join(part for part in parts if part) or gettext("A browser")


def _first(words: list[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in words if re.search(rf"\b{sign}", agent)), "")
