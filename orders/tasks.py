"""Workers' door to recounts: a turn at the one under way, and a look at what was left lying."""

from __future__ import annotations

import time

from celery import shared_task

from orders.models import Recount
from orders.models.recounts import WORK

# After so long a worker hands the recount on, so that it never nears a time limit.
SLICE_SECONDS = 30


@shared_task(name=WORK)
def work_on_recount(_pk: int, behind: int | None = None) -> None:
    """Go on for a while, then hand it on. Bears any number of calls."""
    if behind is not None and not Recount.heed(behind):
        return
    begun = time.monotonic()
    while Recount.step():
        if time.monotonic() - begun >= SLICE_SECONDS:
            Recount.tell_worker()
            return


@shared_task(name="orders.tasks.sweep")
def sweep(*, everything: bool = False) -> int:  # noqa: ARG001 -- all sweeps are asked alike
    """Go on with a recount that was left lying: after a lost message or worker."""
    return int(Recount.tell_worker())
