"""Workers' door to imports: a turn at one of them, and a look at what was left lying."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings

from customers.importing.forgetting import forget_old
from customers.importing.models import Import
from customers.importing.working import work
from events.failures import where

# Reading a workbook full to its last row takes minutes, on a small machine half an hour. Less than
# after which the broker takes a worker for lost.
LONGEST_TURN = 45 * 60

log = structlog.get_logger(__name__)


@shared_task(name=Import.TASK, soft_time_limit=LONGEST_TURN, time_limit=LONGEST_TURN + 60)
def work_on_import(import_id: int, turn: int | None = None) -> None:
    """Go on with an import for a while, then hand it on. Bears any number of calls.

    What fails is tried again when the sweep comes by, until the import itself gives up.
    """
    if not Import.heed(import_id, turn):
        return
    try:
        is_left = work(import_id, seconds=settings.IMPORT_SLICE_SECONDS)
    except Exception as error:  # noqa: BLE001 -- whatever a step raises, the import is kept
        log.error(  # noqa: TRY400 -- a traceback's messages carry the cells of the file
            "import.step_failed", of=import_id, error=type(error).__name__, where=where(error)
        )
        return
    if is_left:
        Import.objects.get(pk=import_id).tell_worker()


def sweep_imports() -> int:
    """Tell workers of every import that has something to do; how many they were told of."""
    return sum(one.tell_worker() for one in Import.objects.with_work())


@shared_task(name="customers.tasks.forget_old_imports")
def forget_old_imports() -> int:
    return forget_old()
