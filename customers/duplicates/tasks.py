"""Workers' door to suggested duplicates."""

from __future__ import annotations

from celery import shared_task

from customers.duplicates.finding import find_pairs

WORK = "customers.tasks.find_likely_pairs"


@shared_task(name=WORK)
def find_likely_pairs(_of_all: int = 0) -> int:
    """Each night, and whenever somebody wants to know now. Bears a repeat."""
    return find_pairs()
