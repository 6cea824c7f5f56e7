"""Telling workers that something waits. It may be lost: the sweep finds what nobody was told of."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = structlog.get_logger(__name__)

# Rows of one queue that one sweep tells of: as many as a worker gets through until the next.
SWEEP_SIZE = 2000
# Longer waits are left to the sweep: a worker holds what it was told of early in its memory.
LONGEST_COUNTDOWN = timedelta(minutes=1)


class Waiting(Protocol):
    """A row that a worker has to look at: a delivery or a mail."""

    pk: Any
    queue_name: str


class Rest:
    """After a failed publish this process leaves the broker alone for a while.

    Without it each click would wait for the connect time-out as long as the broker is away.
    """

    until = 0.0


def tell_worker(task: str, row_id: int, *, queue: str, after: float = 0) -> bool:
    """Publish a task that carries one id. Never raises, waits at most for one time-out."""
    if time.monotonic() < Rest.until:
        return False
    started = time.monotonic()
    for _attempt in range(2):
        try:
            _publish(task, row_id, queue=queue, after=after)
        except Exception as error:  # noqa: BLE001 -- whatever the client raises, the row is kept
            log.warning("broker.unreachable", error=type(error).__name__)
            # A line that a restarted broker has closed fails at once: a fresh one may do.
            if time.monotonic() - started >= settings.BROKER_CONNECT_TIMEOUT:
                break
        else:
            return True
    Rest.until = time.monotonic() + settings.BROKER_REST_SECONDS
    return False


def tell_workers_on_commit(task: str, rows: Sequence[Waiting]) -> None:
    """Tell workers of these rows once the transaction is committed. Never raises after that."""
    if rows:
        transaction.on_commit(partial(tell_workers, task, rows), robust=True)


def tell_workers(task: str, rows: Sequence[Waiting]) -> int:
    """Publish one task per row. Rows that nobody could be told of are left to the next sweep."""
    untold = [row for row in rows if not tell_worker(task, row.pk, queue=row.queue_name)]
    if untold:
        _stamp(untold, None)
    return len(rows) - len(untold)


def tell_later(task: str, row: Waiting, pause: timedelta) -> None:
    """Have a worker look at a row again after a pause; longer ones are left to the sweep."""
    if pause <= LONGEST_COUNTDOWN and tell_worker(
        task, row.pk, queue=row.queue_name, after=pause.total_seconds()
    ):
        _stamp([row], timezone.now() + pause)


def tell_again(task: str, waiting: QuerySet[Any]) -> int:
    """Sweep: tell workers of what waits in each queue, in turn; how many rows they were told of.

    No queue waits behind another: each has a share of its own, and the shortest comes first.
    """
    return sum(_tell_queue(task, waiting.filter(queue_name=name)) for name in _queues_of(waiting))


def _queues_of(waiting: QuerySet[Any]) -> list[str]:
    queues = waiting.values("queue_name").annotate(length=Count("pk")).order_by("length")
    return [queue["queue_name"] for queue in queues]


def _tell_queue(task: str, waiting: QuerySet[Any]) -> int:
    """Those told of longest ago first: rows that nobody can work on hold up nothing behind them."""
    turn = F("told_at").asc(nulls_first=True)
    rows = list(waiting.only("pk", "queue_name").order_by(turn, "due_at")[:SWEEP_SIZE])
    if rows:
        _stamp(rows, timezone.now())
    return tell_workers(task, rows)


def _publish(task: str, row_id: int, *, queue: str, after: float) -> None:
    current_app.send_task(
        task, args=[row_id], queue=queue, countdown=after or None, retry=False, ignore_result=True
    )


def _stamp(rows: Sequence[Waiting], told_at: Any) -> None:
    model: type[models.Model] = type(rows[0])  # type: ignore[assignment]  # a delivery or a mail
    model._base_manager.filter(pk__in=[row.pk for row in rows]).update(told_at=told_at)
