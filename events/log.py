"""Recording: one event row and its deliveries, in the transaction of the verb that caused it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from events.broker import tell_workers_on_commit
from events.handlers import handlers_of
from events.models import Delivery, Event, EventAbout, label_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

_replayed_at: ContextVar[datetime | None] = ContextVar("replayed_at", default=None)


class OutsideTransaction(Exception):
    """An event is recorded in the transaction of what it tells of, or not at all."""


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
    if not connection.in_atomic_block:
        raise OutsideTransaction(name)
    event = Event.objects.create(
        name=name,
        at=_replayed_at.get() or timezone.now(),
        subject_type=label_of(subject),
        subject_id=subject.pk,
        actor_type=label_of(by) if by else "",
        actor_id=by.pk if by else None,
        plain=plain,
    )
    _set_abouts(event, {(label_of(one), one.pk) for one in about}, following)
    if _replayed_at.get() is None:
        _deliver(event)
    return event


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


def _set_abouts(event: Event, abouts: set[tuple[str, int]], following: Event | None) -> None:
    if following is not None:
        abouts |= set(following.abouts.values_list("about_type", "about_id"))
    EventAbout.objects.bulk_create(
        EventAbout(event=event, about_type=kind, about_id=pk) for kind, pk in sorted(abouts)
    )


def _deliver(event: Event) -> None:
    deliveries = Delivery.objects.bulk_create(
        Delivery(event=event, handler=handler.name, queue_name=handler.queue)
        for handler in handlers_of(event.name)
    )
    if deliveries:
        tell_workers_on_commit("events.tasks.deliver", deliveries)
