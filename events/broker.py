"""The line to the broker: workers are told of rows by their ids. What it loses is told again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

import structlog
from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

# Longer waits are left to the sweep: a worker holds what it was told of early in its memory.
LONGEST_COUNTDOWN = timedelta(minutes=1)


class Waiting(Protocol):
    """A row that a worker has to look at: a delivery or a mail."""

    TASK: ClassVar[str]
    pk: Any
    queue_name: str


class Rest:
    """After a failed publish this process leaves the broker alone for a while.

    Without it each click would wait for the connect time-out as long as the broker is away.
    """

    until = 0.0


def tell_worker(task: str, row_id: int, *numbers: int, queue: str, after: float = 0) -> bool:
    """Publish a task that carries an id. Never raises, waits at most for one time-out."""
    return bool(_reach(partial(_publish, task, row_id, *numbers, queue=queue, after=after)))


def tell_workers_on_commit(rows: Sequence[Waiting]) -> None:
    """Tell workers of these rows once the transaction is committed. Never raises after that."""
    if rows:
        transaction.on_commit(partial(tell_workers, rows), robust=True)


def tell_workers(rows: Sequence[Waiting]) -> int:
    """Publish one task per row. Rows that nobody could be told of are told of later."""
    untold = [row for row in rows if not tell_worker(row.TASK, row.pk, queue=row.queue_name)]
    stamp(untold, None)
    return len(rows) - len(untold)


def tell_later(row: Waiting, pause: timedelta) -> None:
    """Have a worker look at a row again after a pause; longer ones are left to the sweep."""
    if pause <= LONGEST_COUNTDOWN and tell_worker(
        row.TASK, row.pk, queue=row.queue_name, after=pause.total_seconds()
    ):
        stamp([row], timezone.now() + pause)


def stamp(rows: Sequence[Waiting], told_at: datetime | None) -> None:
    """Write down when workers were told of these rows, all of one model."""
    if rows:
        model: type[models.Model] = type(rows[0])  # type: ignore[assignment]  # a delivery or a mail
        told = model._base_manager.filter(pk__in=[row.pk for row in rows])
        told.update(told_at=told_at)


def messages_in(queue: str) -> int | None:
    """How many messages wait there for a worker; None when the broker is away. Never raises."""
    return _reach(partial(_count, queue))


def _reach(ask: Callable[[], Answer]) -> Answer | None:
    """What the broker answers; None when it is away, or was a moment ago."""
    if time.monotonic() < Rest.until:
        return None
    started = time.monotonic()
    for _attempt in range(2):
        try:
            return ask()
        except Exception as error:  # noqa: BLE001 -- whatever the client raises, the row is kept
            log.warning("broker.unreachable", error=type(error).__name__)
            # A line that a restarted broker has closed fails at once: a fresh one may do.
            if time.monotonic() - started >= settings.BROKER_CONNECT_TIMEOUT:
                break
    Rest.until = time.monotonic() + settings.BROKER_REST_SECONDS
    return None


def _publish(task: str, *numbers: int, queue: str, after: float) -> bool:
    current_app.send_task(
        task, args=numbers, queue=queue, countdown=after or None, retry=False, ignore_result=True
    )
    return True


def _count(queue: str) -> int:
    with current_app.amqp.producer_pool.acquire(block=True) as producer:
        channel: Any = producer.channel
        return int(channel.queue_declare(queue=queue).message_count)
