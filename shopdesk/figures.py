"""How the desk is doing, asked of the database at this moment: the same wherever it is asked.

Each question reads a partial index of what is open or failed, so it costs the same with a hundred
mails sent and with ten million.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.importing.models import Import
from events.models import Delivery
from notifications.models import Mail, MailServer
from shopdesk.models import HeldMail
from shopdesk.pulses import CLOCK, Worker, living

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from events.leases import Leased

# What people call the queues, and what waits there; workers are started for them by their names.
QUEUES = {
    "mail-now": gettext_lazy("Urgent mails"),
    "default": gettext_lazy("Everyday work"),
    "bulk": gettext_lazy("Long work"),
}
HOLDS = {
    "mail-now": gettext_lazy("Links and codes that somebody waits for."),
    "default": gettext_lazy("Other mails, and changes of a few customers."),
    "bulk": gettext_lazy("Imports, and changes of many customers."),
}
LATELY = timedelta(days=1)
# What an import's stage follows from.
STAMPS = (
    *("awaits_mapping", "read_at", "checked_at", "started_at", "paused_at", "finished_at"),
    *("cancelled_at", "failed_at", "undo_asked_at", "undo_failed_at", "undone_at"),
)


@dataclass
class Queue:
    """`overdue_at`: since when the oldest row could have been taken; None when nothing waits."""

    name: str
    waiting: int = 0
    overdue_at: datetime | None = None
    # None: Redis is away, and nobody knows.
    workers: int | None = None

    @property
    def label(self) -> _StrOrPromise:
        """In words; what some other release calls a queue stands for itself."""
        return QUEUES.get(self.name, self.name)

    @property
    def holds(self) -> _StrOrPromise:
        return HOLDS.get(self.name, "")

    @property
    def overdue_seconds(self) -> float:
        return (timezone.now() - self.overdue_at).total_seconds() if self.overdue_at else 0.0


@dataclass
class Figures:
    queues: list[Queue]
    broker_answers: bool
    clock_ticks: bool
    mails: dict[str, int]
    mails_lately: dict[str, int]
    mail_server_away_since: datetime | None
    deliveries: dict[str, int]
    imports: dict[str, int] = field(default_factory=dict)


def ask() -> Figures:
    """Ten small queries, and one question to Redis."""
    workers = living()
    queues = {name: Queue(name) for name in QUEUES}
    for model in (Delivery, Mail):
        _add_waiting(queues, model)
    _add_workers(queues, workers)
    by_stage = Counter(str(one.stage) for one in Import.objects.only(*STAMPS))
    return Figures(
        queues=list(queues.values()),
        broker_answers=workers is not None,
        clock_ticks=any(worker.name == CLOCK for worker in workers or ()),
        mails={
            "waiting": Mail.objects.open().count(),
            "failed": Mail.objects.needing_a_look().count(),
            "held": HeldMail.objects.count(),
        },
        mails_lately=_mails_lately(),
        mail_server_away_since=MailServer.out_of_reach_since(),
        deliveries={
            "waiting": Delivery.objects.open().count(),
            "given_up": Delivery.objects.needing_a_look().count(),
        },
        imports=dict(by_stage),
    )


def _add_waiting(queues: dict[str, Queue], model: type[Leased]) -> None:
    now = timezone.now()
    # In nobody's hands: what a worker is at does not wait.
    free = model.rows().free().order_by().values("queue_name")
    for row in free.annotate(count=Count("pk"), due=Min("due_at", filter=Q(due_at__lte=now))):
        queue = queues.setdefault(row["queue_name"], Queue(row["queue_name"]))
        queue.waiting += row["count"]
        overdue = [at for at in (queue.overdue_at, row["due"]) if at]
        queue.overdue_at = min(overdue, default=None)


def _add_workers(queues: dict[str, Queue], workers: list[Worker] | None) -> None:
    if workers is None:
        return
    at = Counter(name for worker in workers for name in worker.queues)
    for queue in queues.values():
        queue.workers = at[queue.name]


def _mails_lately() -> dict[str, int]:
    """What became of the mails of the last day."""
    lately = Mail.objects.filter(queued_at__gte=timezone.now() - LATELY).exclude(to="")
    return lately.aggregate(
        handed_over=Count("pk", filter=~Q(handed_over_at=None)),
        failed=Count("pk", filter=~Q(failed_at=None)),
        withdrawn=Count("pk", filter=~Q(withdrawn_at=None)),
    )
