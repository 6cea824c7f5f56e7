"""A customer's timeline: every event about them in words, and what other sources have to tell.

Upper apps say with `events.timeline.timeline_words` how their events read, and bring rows that are
no events (an import's) with `timeline_sources`, both in `AppConfig.ready`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.html import format_html

from core.slots import Slot
from customers.models import Customer
from events.models import Event
from events.timeline import Line, Told, timeline_words, told

PAGE_SIZE = 30
# Of one moment no customer has more events than this.
SAME_MOMENT = 20
OF_CUSTOMERS = "customers.customer"
# Of what has no words today: a deleted subject, or what another line says already.
WORDLESS = Line("")


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
Source = Callable[[Customer, datetime | None, int], Iterable[Entry]]

# Not asked for a masked customer (customers/masking.py).
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
    while True:
        found = _read(customer, cursor, size)
        page = found[:size]
        cursor = _cursor(page[-1]) if len(found) > size else ""
        shown = [entry for entry in page if entry.line is not WORDLESS]
        # However much of it is wordless, a page shows something until nothing is left.
        if shown or not cursor:
            return Timeline(shown, cursor)


def _read(customer: Customer, cursor: str, size: int) -> list[Entry]:
    """A page and what tells whether another one follows; wordless lines count as any other."""
    until, key = _read_cursor(cursor)
    limit = size + SAME_MOMENT + 1
    found = list(_events(customer, until, limit))
    for source in [] if customer.is_masked else timeline_sources.entries():
        found.extend(source(customer, until, limit))
    found.sort(key=lambda entry: (entry.at, entry.key), reverse=True)
    if until is not None:
        found = [entry for entry in found if (entry.at, entry.key) < (until, key)]
    return found


def _events(customer: Customer, until: datetime | None, size: int) -> list[Entry]:
    names = timeline_words.names(only_plain=customer.is_masked)
    events = Event.objects.about(customer).filter(name__in=names)
    if until is not None:
        events = events.filter(at__lte=until)
    chosen = list(events.order_by("-at", "-id")[:size])
    return [
        Entry(one.event.at, f"{one.event.pk:020}", timeline_words.of(one) or WORDLESS, one.subject)
        for one in _by_name(customer, told(chosen, on=OF_CUSTOMERS))
    ]


def _by_name(customer: Customer, events: list[Told]) -> list[Told]:
    """Of a masked customer, what they did themselves names no address."""
    if not customer.is_masked:
        return events
    who = format_html("<b>{}</b>", customer.name)
    return [
        replace(one, who=who) if one.event.actor_type == OF_CUSTOMERS else one for one in events
    ]


def names_of(ids: set[int]) -> dict[int, str]:
    """What customers are called where they acted themselves; one query, and one for addresses."""
    return {one.pk: one.name for one in Customer.objects.filter(pk__in=ids).with_contact()}


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
