"""Workers' door to recounts: a turn at the one under way, and a look at what was left lying."""

from __future__ import annotations

import time

from celery import shared_task

from events.broker import tell_worker
from orders.models import Recount
from orders.models.recounts import WORK

# After so long a worker hands the recount on, so that it never nears a time limit.
SLICE_SECONDS = 30


@shared_task(name=WORK)
def work_on_recount(_pk: int) -> None:
    """Go on for a while, then hand it on. Bears any number of calls."""
    begun = time.monotonic()
    while Recount.step():
        if time.monotonic() - begun >= SLICE_SECONDS:
            tell_worker(WORK, 1, queue="bulk")
            return


@shared_task(name="orders.tasks.sweep")
def sweep(*, everything: bool = False) -> int:  # noqa: ARG001 -- all sweeps are asked alike
    """Go on with a recount that was left lying: after a lost message or worker."""
    is_open = Recount.objects.filter(finished_at=None).exists()
    return int(is_open and tell_worker(WORK, 1, queue="bulk"))
