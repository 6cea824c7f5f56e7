"""Workers' door: deliver events to their handlers, and sweep up what the broker lost."""

from __future__ import annotations

from functools import partial

import structlog
from celery import shared_task
from django.db import transaction

from events.broker import tell_later
from events.failures import where
from events.handlers import Handler, handler_named
from events.leases import written_down
from events.models import Delivery
from events.telling import go_on, tell_again

log = structlog.get_logger(__name__)


@shared_task(name=Delivery.TASK)
def deliver(delivery_id: int) -> None:
    """Run one handler for one event. Bears any number of calls with the same id."""
    delivery = Delivery.objects.select_related("event").filter(pk=delivery_id).first()
    if delivery is None:
        return
    handler = handler_named(delivery.handler)
    if handler is None:
        # Left to the worker of the other release, while there may be one.
        delivery.give_up_unknown()
        return
    if delivery.take():
        _act(handler, delivery)
    go_on(delivery.queue_name)


def _act(handler: Handler, delivery: Delivery) -> None:
    try:
        _run(handler, delivery)
    except Exception as error:  # noqa: BLE001 -- whatever a handler raises, the delivery is kept
        log.error(  # noqa: TRY400 -- a traceback's messages carry addresses and tokens
            "delivery.failed",
            delivery=delivery.pk,
            handler=delivery.handler,
            error=type(error).__name__,
            where=where(error),
        )
        pause = written_down(partial(delivery.fail, error))
        if pause is not None:
            tell_later(delivery, pause)


class Overtaken(Exception):
    """The lease ran out while the handler was at work, and another worker has taken over."""


def _run(handler: Handler, delivery: Delivery) -> None:
    """What the handler writes and "done" are one transaction: both or neither."""
    with transaction.atomic():
        handler.handle(delivery.event)
        if not delivery.finish():
            raise Overtaken


@shared_task(name="events.tasks.sweep")
def sweep(*, everything: bool = False) -> int:
    """Tell workers of deliveries that are due and that nobody was told of lately."""
    return tell_again(Delivery, everything=everything)
