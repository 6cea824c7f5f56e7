"""A customer's timeline: every event about them in words, and what other sources have to tell.

Upper apps add words for their events with `timeline_words`, and rows that are no events (an
import's) with `timeline_sources`, both in `AppConfig.ready`.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.slots import Slot
from events.models import Event

if TYPE_CHECKING:
    from customers.models import Customer

PAGE_SIZE = 30
# Of one moment no customer has more events than this.
SAME_MOMENT = 20


@dataclass(frozen=True)
class Told:
    """What words are made from: the event, who acted (safe HTML), and what it happened to."""

    event: Event
    who: str
    subject: models.Model | None


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

    def register(self, event_name: str, words: Words) -> None:
        """`words` returns a sentence, escaped where needed (`format_html`), or None to hide it."""
        self._words[event_name] = words

    def names(self) -> list[str]:
        return sorted(self._words)

    def of(self, told: Told) -> Line | None:
        found = self._words[told.event.name](told)
        return Line(found) if isinstance(found, str) else found


@dataclass(frozen=True)
class Entry:
    """One line with its time. `key` tells entries of one moment apart."""

    at: datetime
    key: str
    line: Line
    subject: models.Model | None = field(default=None, compare=False)

    @property
    def kind(self) -> str:
        """Of what kind the subject is: a "note" and a "letter" are drawn with their text."""
        return self.subject._meta.model_name or "" if self.subject else ""


# Called with (customer, until, size): entries not later than `until`, newest first.
Source = Callable[["Customer", datetime | None, int], Iterable[Entry]]

timeline_words = TimelineWords()
timeline_sources: Slot[Source] = Slot("sources of a customer's timeline")


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    older: str = ""  # cursor of the next page; "" at the end

    def subjects(self, kind: str) -> list[Any]:
        """The notes, or the letters, that this page draws with their text."""
        return [entry.subject for entry in self.entries if entry.kind == kind]


def timeline_of(customer: Customer, *, cursor: str = "", size: int = PAGE_SIZE) -> Timeline:
    """Newest first, one page. A cursor that is none of ours starts at the top."""
    until, key = _read_cursor(cursor)
    found = list(_events(customer, until, size + SAME_MOMENT))
    for source in timeline_sources.entries():
        found.extend(source(customer, until, size + SAME_MOMENT))
    found.sort(key=lambda entry: (entry.at, entry.key), reverse=True)
    if until is not None:
        found = [entry for entry in found if (entry.at, entry.key) < (until, key)]
    page = found[:size]
    return Timeline(page, _cursor(page[-1]) if len(found) > size else "")


def _events(customer: Customer, until: datetime | None, size: int) -> list[Entry]:
    events = Event.objects.about(customer).filter(name__in=timeline_words.names())
    if until is not None:
        events = events.filter(at__lte=until)
    chosen = list(events.order_by("-at", "-id")[:size])
    people, subjects = _people(chosen), _subjects(chosen)
    entries = []
    for event in chosen:
        subject = subjects.get((event.subject_type, event.subject_id))
        line = timeline_words.of(Told(event, _who(event, people), subject))
        if line is not None:
            entries.append(Entry(event.at, f"{event.pk:020}", line, subject))
    return entries


def _people(events: Sequence[Event]) -> dict[tuple[str, int], str]:
    """Names of all who acted: one query for staff, one for customers."""
    from customers.models import Customer

    users = get_user_model()
    ids = _ids((event.actor_type, event.actor_id) for event in events)
    names: dict[tuple[str, int], str] = {}
    label = users._meta.label_lower
    if ids[label]:
        names |= {(label, user.pk): str(user) for user in users.objects.filter(pk__in=ids[label])}
    label = Customer._meta.label_lower
    if ids[label]:
        found = Customer.objects.filter(pk__in=ids[label]).with_contact()
        names |= {(label, customer.pk): customer.name for customer in found}
    return names


def _subjects(events: Sequence[Event]) -> dict[tuple[str, int], models.Model]:
    """What the events happened to: one query for each kind of thing."""
    ids = _ids((event.subject_type, event.subject_id) for event in events)
    found: dict[tuple[str, int], models.Model] = {}
    for label, pks in ids.items():
        if label == "customers.customer":
            continue  # whose timeline it is
        rows = apps.get_model(label)._base_manager.filter(pk__in=pks)
        found |= {(label, row.pk): row for row in rows}
    return found


def _ids(pairs: Iterable[tuple[str, int | None]]) -> defaultdict[str, set[int]]:
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for label, pk in pairs:
        if label and pk is not None:
            ids[label].add(pk)
    return ids


def _who(event: Event, people: dict[tuple[str, int], str]) -> str:
    """Who acted, in bold; ShopDesk itself where nobody did."""
    if not event.actor_type or event.actor_id is None:
        return format_html("<b>{}</b>", "ShopDesk")
    name = people.get((event.actor_type, event.actor_id), _("Somebody"))
    return format_html("<b>{}</b>", name)


def _cursor(entry: Entry) -> str:
    text = json.dumps([entry.at.isoformat(), entry.key])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime | None, str]:
    try:
        parts: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at, key = datetime.fromisoformat(parts[0]), parts[1]
    except (ValueError, TypeError, LookupError):
        return None, ""
    if at.tzinfo is None or not isinstance(key, str):
        return None, ""
    return at, key
