"""The work on a bulk change: one piece of its customers after the other (`customers.turns`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.bulk.models import BulkChange, BulkPiece
from customers.bulk.writing import write
from customers.turns import Stopped
from events.log import record


def work(change_id: int, *, seconds: float | None = None) -> bool:
    """Work on a change for so long (default: to its end). True when something is left to do."""
    return BulkChange.go_on(change_id, steps(change_id), seconds=seconds)


def steps(change_id: int) -> Iterator[int]:
    """Do one piece after the other, and yield its number, until none is left or another works."""
    while BulkChange.begin_turn(change_id):
        try:
            with transaction.atomic():
                one = BulkChange.take_turn(change_id)
                if one is None:
                    BulkChange.take_back_try(change_id)
                    return
                _step(one)
        except Stopped:
            return
        yield one.next_piece


def _step(one: BulkChange) -> None:
    piece = BulkPiece.objects.filter(of_change=one, number=one.next_piece).first()
    if piece is None:
        _end(one)
        return
    written = write(one, piece.customer_ids)
    _advance(
        one,
        next_piece=F("next_piece") + 1,
        done_count=F("done_count") + len(piece.customer_ids),
        changed_count=F("changed_count") + written.changed,
        skipped_count=F("skipped_count") + written.skipped,
    )


def _end(one: BulkChange) -> None:
    _advance(one, finished_at=timezone.now())
    one.forget_pieces()
    record(
        "bulk_change.finished",
        one,
        by=one.asked_by,
        kind=one.kind,
        changed=one.changed_count,
        skipped=one.skipped_count,
    )


def _advance(one: BulkChange, **facts: object) -> None:
    """Note how far it got, unless it was cancelled while this step worked."""
    mine = BulkChange.objects.with_work().filter(pk=one.pk, next_piece=one.next_piece)
    if not mine.update(worked_at=timezone.now(), attempts=0, **facts):
        raise Stopped
