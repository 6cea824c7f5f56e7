"""How the queue is doing: what waits, since when, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


@dataclass(frozen=True)
class QueueHealth:
    """`oldest_at`: since when the oldest waiting row waits; None when nothing waits."""

    waiting: int
    oldest_at: datetime | None
    given_up: int


def queue_health(open_rows: QuerySet[Any], since: str, given_up: QuerySet[Any]) -> QueueHealth:
    """Two queries, each within a partial index of open or given-up rows."""
    found = open_rows.aggregate(waiting=Count("pk"), oldest=Min(since))
    return QueueHealth(found["waiting"], found["oldest"], given_up.count())
