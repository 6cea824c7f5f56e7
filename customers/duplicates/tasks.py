"""Workers' door to suggested duplicates."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction

from customers.duplicates.finding import find_pairs
from customers.duplicates.searching import DuplicateSearch
from events.failures import where

log = structlog.get_logger(__name__)


@shared_task(name="customers.tasks.find_likely_pairs")
def find_likely_pairs() -> bool:
    """Each night. Bears a repeat."""
    return DuplicateSearch.ask(by=None)


@shared_task(name=DuplicateSearch.TASK)
def work_on_duplicate_search(pk: int, turn: int | None = None) -> None:
    """Compare all, if somebody waits for it. What fails is tried again when the sweep comes by."""
    if not (DuplicateSearch.heed(pk, turn) and DuplicateSearch.begin_turn(pk)):
        return
    try:
        with transaction.atomic():
            search = DuplicateSearch.take_turn(pk)
            if search is None:
                DuplicateSearch.take_back_try(pk)
                return
            find_pairs()
            search.finish()
    except Exception as error:  # noqa: BLE001 -- whatever it raises, the search is kept
        log.error(  # noqa: TRY400 -- a traceback's messages carry what customers are called
            "duplicate_search.failed", error=type(error).__name__, where=where(error)
        )


def sweep_duplicate_searches() -> int:
    """Tell a worker of the search that somebody waits for; how many there were."""
    return sum(one.tell_worker() for one in DuplicateSearch.objects.asked())
