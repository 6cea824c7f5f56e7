"""Telling workers of what waits in the database, a batch of each queue at a time.

However much waits, the broker holds little of it: a worker that is done with a row and finds its
queue in the broker nearly empty tells of the next batch. So a reset stands behind a batch at most,
and a broker that loses its memory loses little. The sweep of each minute begins anew whatever has
come to a halt: after a broker was away, or when the last to be told of were lost.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from events.broker import messages_in, stamp, tell_workers
from events.leases import Leased

QUIET_SECONDS = 0.5


class Quiet:
    """Queues of which nothing waited a moment ago: busy workers need not ask after each row."""

    until: dict[str, float] = {}


def go_on(queue: str) -> None:
    """For a worker that is done with a row of that queue. Never raises for the broker."""
    if not _leaves_it_to_the_next(queue) and fill(queue) == 0:
        Quiet.until[queue] = time.monotonic() + QUIET_SECONDS


def _leaves_it_to_the_next(queue: str) -> bool:
    """Nothing waited a moment ago, and there is another message: whoever does the last one asks."""
    return time.monotonic() < Quiet.until.get(queue, 0) and messages_in(queue) != 0


def fill(queue: str) -> int | None:
    """Tell workers of the next batch of each table, if the queue is nearly empty in the broker.

    How many rows they were told of; None when it holds enough, or is away.
    """
    waiting = messages_in(queue)
    if waiting is None or 2 * waiting >= settings.TELL_BATCH:
        return None
    models = [model for model in Leased.__subclasses__() if model.rows().can_get_on()]
    return sum(tell_workers(_claim(model, queue)) for model in models)


def tell_again(model: type[Leased], *, everything: bool) -> int:
    """Sweep: tell workers of a batch of each queue; how many rows they were told of.

    With `everything` also of what they were told of just now. No queue waits behind another, and
    the shortest comes first. One that is full in the broker is left to the workers at it.
    """
    batches = [
        _claim(model, queue, everything=everything)
        for queue in model.rows().queues()
        if _has_room(queue)
    ]
    return sum(tell_workers(rows) for rows in sorted(batches, key=len))


def _has_room(queue: str) -> bool:
    """More than for `fill`: whoever else shares the queue must not keep the sweep away."""
    waiting = messages_in(queue)
    return waiting is not None and waiting < 2 * settings.TELL_BATCH


def _claim(model: type[Leased], queue: str, *, everything: bool = False) -> list[Leased]:
    """The next rows of a queue, marked as told of: a batch that nobody was told of, and as many
    that were told of long ago. Of two who claim at once, each row goes to one.

    Costs what a batch costs, however many wait.
    """
    now, size = timezone.now(), settings.TELL_BATCH
    long_ago = now if everything else now - timedelta(seconds=settings.RETELL_SECONDS)
    waiting = model.rows().filter(queue_name=queue)
    untold = waiting.untold().values_list("pk", flat=True)[:size]
    told = waiting.told_before(long_ago).values_list("pk", flat=True)[:size]
    turns = {pk: turn for turn, pk in enumerate(untold.union(told, all=True))}
    if not turns:
        return []
    with transaction.atomic():
        still = model.rows().due().exclude(told_at__gte=long_ago).filter(pk__in=turns)
        free = still.select_for_update(skip_locked=True).only("pk", "queue_name")
        rows = sorted(free, key=lambda row: turns[row.pk])
        stamp(rows, now)
    return rows
