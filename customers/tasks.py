"""Workers' door of this app."""

from __future__ import annotations

from celery import shared_task

from customers import search_rows
from customers.bulk.tasks import sweep_bulk_changes, work_on_bulk_change
from customers.duplicates.tasks import (
    find_likely_pairs,
    sweep_duplicate_searches,
    work_on_duplicate_search,
)
from customers.importing.tasks import forget_old_imports, sweep_imports, work_on_import

__all__ = [
    "find_likely_pairs",
    "forget_name_words",
    "forget_old_imports",
    "sweep",
    "work_on_bulk_change",
    "work_on_duplicate_search",
    "work_on_import",
]


@shared_task(name="customers.tasks.sweep")
def sweep(*, everything: bool = False) -> int:  # noqa: ARG001 -- all sweeps are asked alike
    """Tell workers of all long work that has something to do: after a lost message or worker."""
    return sweep_imports() + sweep_bulk_changes() + sweep_duplicate_searches()


@shared_task(name="customers.tasks.forget_name_words")
def forget_name_words() -> int:
    """Each night: spellings of people who are gone are offered to nobody. Bears a repeat."""
    return search_rows.forget_name_words()
