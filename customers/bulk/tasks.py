"""Workers' door to bulk changes: a turn at one of them, and a look at what was left lying."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from customers.bulk.models import BulkChange
from customers.bulk.working import work
from events.failures import where

log = structlog.get_logger(__name__)


@shared_task(name=BulkChange.TASK)
def work_on_bulk_change(change_id: int, turn: int | None = None) -> None:
    """Go on with a bulk change for a while, then hand it on. Bears any number of calls.

    What fails is tried again when the sweep comes by, until the change itself gives up.
    """
    if not BulkChange.heed(change_id, turn):
        return
    try:
        is_left = work(change_id, seconds=settings.BULK_SLICE_SECONDS)
    except Exception as error:  # noqa: BLE001 -- whatever a step raises, the change is kept
        log.error(  # noqa: TRY400 -- a traceback's messages carry what customers are called
            "bulk_change.step_failed",
            of=change_id,
            error=type(error).__name__,
            where=where(error),
        )
        return
    one = BulkChange.in_work().filter(pk=change_id).first()
    if one is not None and (is_left or one.pause_seconds):
        one.tell_worker(after=one.pause_seconds)


def sweep_bulk_changes() -> int:
    """Tell workers of every bulk change that has something to do; how many they were told of.

    What nobody has started for a week nobody wants any more.
    """
    long_ago = timezone.now() - timedelta(days=settings.BULK_UNDECIDED_DAYS)
    for one in BulkChange.objects.undecided(since=long_ago):
        one.cancel(by=None, unless_started=True)
    return sum(one.tell_worker() for one in BulkChange.in_work())
