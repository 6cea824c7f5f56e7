"""Workers' door: deliver events to their handlers, and sweep up what the broker lost."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction

from events.broker import tell_worker
from events.handlers import handler_named
from events.models import Delivery

log = structlog.get_logger(__name__)
SWEEP_SIZE = 1000


@shared_task(name="events.tasks.deliver")
def deliver(delivery_id: int) -> None:
    """Run one handler for one event. Bears any number of calls with the same id."""
    delivery = Delivery.objects.select_related("event").filter(pk=delivery_id).first()
    if delivery is None or not delivery.lease():
        return
    handler = handler_named(delivery.handler)
    try:
        if handler is None:
            raise LookupError(delivery.handler)  # noqa: TRY301 -- one place decides about failures
        with transaction.atomic():
            handler.handle(delivery.event)
            delivery.finish()
    except Exception as error:
        log.warning(
            "delivery.failed", delivery=delivery_id, handler=delivery.handler, exc_info=True
        )
        delivery.fail(error)


@shared_task(name="events.tasks.sweep")
def sweep() -> int:
    """Tell workers again of all that is due: lost messages, dead workers, back-offs that ran out."""
    waiting = Delivery.objects.due().order_by("due_at").values_list("pk", "queue")[:SWEEP_SIZE]
    told = 0
    for pk, queue in waiting:
        if not tell_worker("events.tasks.deliver", pk, queue=queue):
            break
        told += 1
    return told
