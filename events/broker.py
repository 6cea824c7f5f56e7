"""Telling workers that something waits. It may be lost: the sweep finds what nobody was told of."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import structlog
from celery import current_app
from django.conf import settings
from django.db import models, transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


class Waiting(Protocol):
    """A row that a worker has to look at: a delivery or a mail."""

    pk: Any
    queue_name: str
    _meta: Any


class Rest:
    """After a failed publish this process leaves the broker alone for a while.

    Without it each click would wait for the connect time-out as long as the broker is away.
    """

    until = 0.0


def tell_worker(task: str, row_id: int, *, queue: str, after: float = 0) -> bool:
    """Publish a task that carries one id. Never raises, waits at most BROKER_CONNECT_TIMEOUT."""
    if time.monotonic() < Rest.until:
        return False
    try:
        current_app.send_task(
            task,
            args=[row_id],
            queue=queue,
            countdown=after or None,
            retry=False,
            ignore_result=True,
        )
    except (OperationalError, OSError) as error:
        Rest.until = time.monotonic() + settings.BROKER_REST_SECONDS
        log.warning("broker.unreachable", error=type(error).__name__)
        return False
    return True


def tell_workers_on_commit(task: str, rows: Sequence[Waiting]) -> None:
    """Tell workers of these rows once the transaction is committed. Never raises after that."""
    transaction.on_commit(partial(tell_workers, task, rows), robust=True)


def tell_workers(task: str, rows: Sequence[Waiting]) -> int:
    """Publish one task per row. Rows that nobody could be told of are left to the next sweep."""
    untold = [row for row in rows if not tell_worker(task, row.pk, queue=row.queue_name)]
    if untold:
        model: type[models.Model] = type(untold[0])  # type: ignore[assignment]  # rows are models
        model._base_manager.filter(pk__in=[row.pk for row in untold]).update(told_at=None)
    return len(rows) - len(untold)
