"""Recording: event rows and their deliveries, in the transaction of the verb that caused them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from events.broker import tell_workers_on_commit
from events.handlers import handlers_of
from events.models import Delivery, Event, EventAbout, label_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

# Rows per statement.
AT_ONCE = 2000

_replayed_at: ContextVar[datetime | None] = ContextVar("replayed_at", default=None)


class OutsideTransaction(Exception):
    """An event is recorded in the transaction of what it tells of, or not at all."""


@dataclass(frozen=True)
class Happened:
    """One of many events of a name: to what, on whose timelines, and its plain values."""

    subject: Model
    about: Iterable[Model] = ()
    following: Event | None = None
    plain: dict[str, Any] = field(default_factory=dict)


def record(
    name: str,
    subject: Model,
    *,
    by: Model | None = None,
    about: Iterable[Model] = (),
    following: Event | None = None,
    **plain: Any,
) -> Event:
    """Write down that `name` happened to `subject`, and whose timelines it belongs to.

    `by` is a User, a Customer, or None for ShopDesk itself. An event `following` another stands
    on the same timelines as that one, too. `plain` takes JSON values without personal data or
    secrets. Handlers run after the commit, at least once, in a worker.
    """
    (event,) = record_many(name, [Happened(subject, about, following, plain)], by=by)
    return event


def record_many(name: str, happened: Iterable[Happened], *, by: Model | None = None) -> list[Event]:
    """`record` for verbs that change many rows at once: as many statements for all as for one."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(name)
    every = list(happened)
    events = Event.objects.bulk_create(
        [_event(name, one, by=by) for one in every], batch_size=AT_ONCE
    )
    _set_abouts(list(zip(events, every, strict=True)))
    if _replayed_at.get() is None:
        _deliver(name, events)
    return events


@contextmanager
def replaying(*, at: datetime) -> Iterator[None]:
    """Record events as of `at`, with nobody acting on them: history that is brought in.

    Only for importers and the demo's seed.
    """
    token = _replayed_at.set(at)
    try:
        yield
    finally:
        _replayed_at.reset(token)


def _event(name: str, one: Happened, *, by: Model | None) -> Event:
    return Event(
        name=name,
        at=_replayed_at.get() or timezone.now(),
        subject_type=label_of(one.subject),
        subject_id=one.subject.pk,
        actor_type=label_of(by) if by else "",
        actor_id=by.pk if by else None,
        plain=one.plain,
    )


def _set_abouts(recorded: list[tuple[Event, Happened]]) -> None:
    followed = _abouts_of([one.following for _event, one in recorded if one.following])
    rows: list[EventAbout] = []
    for event, one in recorded:
        abouts = {(label_of(subject), subject.pk) for subject in one.about}
        if one.following:
            abouts |= followed[one.following.pk]
        rows += [
            EventAbout(event=event, about_type=kind, about_id=pk) for kind, pk in sorted(abouts)
        ]
    EventAbout.objects.bulk_create(rows, batch_size=AT_ONCE)


def _abouts_of(events: list[Event]) -> dict[int, set[tuple[str, int]]]:
    found: dict[int, set[tuple[str, int]]] = defaultdict(set)
    if events:
        rows = EventAbout.objects.filter(event__in={event.pk for event in events})
        for event_id, kind, pk in rows.values_list("event_id", "about_type", "about_id"):
            found[event_id].add((kind, pk))
    return found


def _deliver(name: str, events: list[Event]) -> None:
    deliveries = Delivery.objects.bulk_create(
        [
            Delivery(event=event, handler=handler.name, queue_name=handler.queue)
            for event in events
            for handler in handlers_of(name)
        ],
        batch_size=AT_ONCE,
    )
    tell_workers_on_commit(deliveries)
