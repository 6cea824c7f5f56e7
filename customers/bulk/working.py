"""The work on a bulk change: one piece of its customers after the other (`customers.turns`).

The same pieces are gone through twice where it is previewed: to be counted, and to be changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.bulk.kinds import Written, kind_of
from customers.bulk.models import BulkChange, BulkPiece
from customers.bulk.stages import Kind
from customers.turns import Stopped, wait_for_disk
from events.log import record

# Of a kind with a pace no step looks at more, to find those it has room for.
LOOKED_AT = 200


class NotNow(Exception):
    """There is no room for more at this moment: whoever comes later goes on."""


def work(change_id: int, *, seconds: float | None = None) -> bool:
    """Work on a change for so long (default: to its end). True when something is left to do."""
    return BulkChange.go_on(change_id, steps(change_id), seconds=seconds)


def steps(change_id: int) -> Iterator[int]:
    """Do one piece after the other, and yield its number, until none is left, another works, or
    there is no room for more at this moment."""
    while BulkChange.begin_turn(change_id):
        try:
            with transaction.atomic():
                one = _step(BulkChange.take_turn(change_id))
        except NotNow:
            BulkChange.take_back_try(change_id)
            return
        except Stopped:
            return
        yield one.next_piece


def _step(one: BulkChange | None) -> BulkChange:
    if one is None:
        raise NotNow  # another worker was quicker
    piece = BulkPiece.objects.filter(of_change=one, number=one.next_piece).first()
    if piece is None:
        _end(one)
    elif one.awaits_start:
        _count(one, piece)
    else:
        _change(one, piece)
    return one


def _count(one: BulkChange, piece: BulkPiece) -> None:
    """Who would be changed, who left out, and who is doubtful; nothing else is written."""
    found = kind_of(one).preview(one, piece.customer_ids)
    mine = BulkPiece.objects.filter(of_change=one, number=piece.number)
    mine.update(doubtful_ids=list(found.doubtful))
    _advance(
        one,
        next_piece=F("next_piece") + 1,
        done_count=F("done_count") + len(piece.customer_ids),
        preview=Counter(one.preview) + found.outcomes,
    )


def _change(one: BulkChange, piece: BulkPiece) -> None:
    written = _written(one, piece.customer_ids[one.next_place :])
    is_through = one.next_place + written.done >= len(piece.customer_ids)
    _advance(
        one,
        next_piece=one.next_piece + is_through,
        next_place=0 if is_through else one.next_place + written.done,
        done_count=F("done_count") + written.done,
        changed_count=F("changed_count") + written.changed,
        skipped_count=F("skipped_count") + written.skipped,
        outcomes=Counter(one.outcomes) + written.outcomes,
    )


def _written(one: BulkChange, ids: list[int]) -> Written:
    kind = kind_of(one)
    if kind.waits_for_disk:
        wait_for_disk()
    if one.kind == Kind.UNDO:
        return kind.take_back(one, ids)
    room = kind.room()
    if room == 0:
        raise NotNow
    return kind.write(one, ids if room is None else ids[: max(room, LOOKED_AT)], most=room)


def _end(one: BulkChange) -> None:
    if one.awaits_start:
        _advance(one, counted_at=timezone.now())
        return
    _advance(one, finished_at=timezone.now())
    one.forget_pieces()
    record(
        "bulk_change.finished",
        one,
        by=one.started_by or one.asked_by,
        kind=one.kind,
        changed=one.changed_count,
        skipped=one.skipped_count,
    )


def _advance(one: BulkChange, **facts: object) -> None:
    """Note how far it got, unless it was cancelled or paused while this step worked."""
    so_far = {name: getattr(one, name) for name in ("next_piece", "next_place", "awaits_start")}
    mine = BulkChange.objects.with_work().filter(pk=one.pk, **so_far)
    if not mine.update(worked_at=timezone.now(), attempts=0, **facts):
        raise Stopped
