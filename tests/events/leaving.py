"""For a worker process of its own, that is asked to end in the unluckiest moment there is."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.exceptions import WorkerShutdown
from celery.signals import worker_ready


@shared_task(name="tests.nothing")
def nothing() -> None:
    """To be done is all it does."""


@worker_ready.connect
def leave_with_the_first_task_handed_out(sender: Any, **_options: Any) -> None:
    worker = sender.controller

    def look() -> None:
        # Between two looks of the loop at its lines: a process has the task, and no answer is read.
        if any(job._write_to and not job._accepted for job in worker.pool._pool._cache.values()):
            raise WorkerShutdown(0)  # as the loop itself does after a SIGTERM

    worker.hub.on_tick.add(look)
