"""Events in words. The app that records an event says, once, how it reads on every timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.html import format_html

from events.actors import Actors

if TYPE_CHECKING:
    from django.db.models import Model

    from events.models import Event


@dataclass(frozen=True)
class Told:
    """What words are made from: the event, who acted (safe HTML), and what it happened to.

    The subject is None when it is gone, or when it is the very thing whose timeline is read.
    """

    event: Event
    who: str
    subject: Model | None


@dataclass(frozen=True)
class Line:
    """One sentence of a timeline. `state` colours its dot: k (ours to act), bad, or nothing."""

    text: str
    detail: str = ""
    state: str = ""


Words = Callable[[Told], Line | str | None]


class TimelineWords:
    """Event names and the words for them. Events without words are not shown."""

    def __init__(self) -> None:
        self._words: dict[str, Words] = {}
        self._plain: set[str] = set()

    def register(self, event_name: str, words: Words, *, is_plain: bool = False) -> None:
        """`words` returns a sentence, escaped where needed (`format_html`), or None to hide it.

        `is_plain`: they tell nothing that could be kept from any reader of the timeline.
        """
        self._words[event_name] = words
        if is_plain:
            self._plain.add(event_name)

    def names(self, *, only_plain: bool = False) -> list[str]:
        return sorted(self._plain if only_plain else self._words)

    def of(self, told: Told) -> Line | None:
        found = self._words[told.event.name](told)
        return Line(found) if isinstance(found, str) else found


timeline_words = TimelineWords()


def told(events: Sequence[Event], *, on: str = "") -> list[Told]:
    """The events with the names of who acted and what it happened to, in the order given.

    One query for each kind of actor and of subject; subjects labelled `on` are not looked up.
    """
    actors, subjects = Actors(events), _subjects(events, without=on)
    return [
        Told(event, _who(event, actors), subjects.get((event.subject_type, event.subject_id)))
        for event in events
    ]


def _who(event: Event, actors: Actors) -> str:
    """Who acted, in bold; ShopDesk itself where nobody did."""
    return format_html("<b>{}</b>", actors.name_of(event) or "ShopDesk")


def _subjects(events: Iterable[Event], *, without: str) -> dict[tuple[str, int], Model]:
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.subject_type != without:
            ids[event.subject_type].add(event.subject_id)
    found: dict[tuple[str, int], Model] = {}
    for label, pks in ids.items():
        rows = apps.get_model(label)._base_manager.filter(pk__in=pks)
        found |= {(label, row.pk): row for row in rows}
    return found
