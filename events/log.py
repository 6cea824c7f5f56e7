"""Recording: one event row and its deliveries, in the transaction of the verb that caused it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from events.broker import tell_worker
from events.handlers import handlers_of
from events.models import Delivery, Event, EventAbout, label_of

if TYPE_CHECKING:
    from django.db.models import Model


class OutsideTransaction(Exception):
    """An event is recorded in the transaction of what it tells of, or not at all."""


def record(
    name: str, subject: Model, *, by: Model | None = None, about: Iterable[Model] = (), **plain: Any
) -> Event:
    """Write down that `name` happened to `subject`, and whose timelines it belongs to.

    `by` is a User, a Customer, or None for ShopDesk itself. `plain` takes JSON values without
    personal data or secrets. Handlers run after the commit, at least once, in a worker.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(name)
    event = Event.objects.create(
        name=name,
        subject_type=label_of(subject),
        subject_id=subject.pk,
        actor_type=label_of(by) if by else "",
        actor_id=by.pk if by else None,
        plain=plain,
    )
    abouts = {(label_of(one), one.pk) for one in about}
    EventAbout.objects.bulk_create(
        EventAbout(event=event, about_type=kind, about_id=pk) for kind, pk in sorted(abouts)
    )
    _deliver(event)
    return event


def _deliver(event: Event) -> None:
    deliveries = Delivery.objects.bulk_create(
        Delivery(event=event, handler=handler.name, queue=handler.queue)
        for handler in handlers_of(event.name)
    )
    for delivery in deliveries:
        transaction.on_commit(
            lambda one=delivery: tell_worker("events.tasks.deliver", one.pk, queue=one.queue)
        )  # type: ignore[misc]  # mypy cannot type a lambda's default
