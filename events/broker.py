"""Telling a worker that something waits. It may be lost: the sweep finds what nobody was told."""

from __future__ import annotations

import time

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


class Rest:
    """After a failed publish this process leaves the broker alone for a while.

    Without it each click would wait for the connect time-out as long as the broker is away.
    """

    until = 0.0


def tell_worker(task: str, row_id: int, *, queue: str) -> bool:
    """Publish a task that carries one id. Never raises, waits at most BROKER_CONNECT_TIMEOUT."""
    if time.monotonic() < Rest.until:
        return False
    try:
        current_app.send_task(task, args=[row_id], queue=queue, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        Rest.until = time.monotonic() + settings.BROKER_REST_SECONDS
        log.warning("broker.unreachable", error=type(error).__name__)
        return False
    return True
