"""Events in words. The app that records an event says how it reads on a timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from events.actors import Actors

if TYPE_CHECKING:
    from datetime import datetime

    from events.models import Event


@dataclass(frozen=True)
class TimelineLine:
    """One line of a timeline. `state` colours its icon: ok, warn, bad or nothing."""

    text: str
    icon: str = "activity"
    state: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """A line, when it happened, and who did it ("" for ShopDesk itself)."""

    at: datetime
    actor: str
    line: TimelineLine
    event: Event | None = field(default=None, compare=False)


# Called with the event and the actor's name. None leaves the event off timelines.
Words = Callable[["Event", str], TimelineLine | str | None]

_words: dict[str, Words] = {}


def words_for(*names: str) -> Callable[[Words], Words]:
    """Have a function put events of these names into words."""

    def register(words: Words) -> Words:
        _words.update(dict.fromkeys(names, words))
        return words

    return register


def entries(events: Iterable[Event]) -> list[TimelineEntry]:
    """The events that have words, in the order given; one query per kind of actor."""
    events = list(events)
    actors = Actors(events)
    found = []
    for event in events:
        actor = actors.name_of(event)
        words = _words.get(event.name)
        line = words(event, actor) if words else None
        if line is not None:
            line = TimelineLine(line) if isinstance(line, str) else line
            found.append(TimelineEntry(event.at, actor, line, event))
    return found
