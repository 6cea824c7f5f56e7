"""What is not kept for ever: files nobody decided on, and the people in files of long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.importing.kinds import kind_named
from customers.importing.models import Import
from customers.importing.stages import ImportQuerySet

UNDECIDED_DAYS = 7
# What came to nothing: time to look at what was wrong with it, or to try a broken one again.
UNWRITTEN_DAYS = 7


def forget_old() -> int:
    """Cancel what nobody started within a week, and what was begun and has rested for long.

    Of what ended long ago, or a week ago and had written nothing, the cells are forgotten.

    Who came from which line, and the digests that tell a repeat, stay. Bears any number of calls.
    """
    now = timezone.now()
    undecided = Import.objects.undecided(since=now - timedelta(days=UNDECIDED_DAYS))
    long_ago = now - timedelta(days=settings.IMPORT_KEPT_DAYS)
    resting = Import.objects.paused().filter(paused_at__lt=long_ago)
    cancelled = sum(one.cancel(by=None) for one in undecided | resting)
    came_to_nothing = _remembered().unwritten()
    old = _remembered().filter(uploaded_at__lt=long_ago)
    old |= came_to_nothing.filter(cleared_at__lt=now - timedelta(days=UNWRITTEN_DAYS))
    return cancelled + sum(_forget(one) for one in old.select_related("file").order_by("pk"))


def _remembered() -> ImportQuerySet:
    """Those that can be forgotten: who is being undone needs what was there until the last row."""
    ended = Import.objects.ended().filter(forgotten_at=None)
    return ended.exclude(undo_asked_at__isnull=False, undone_at=None, undo_failed_at=None)


def _forget(one: Import) -> bool:
    with transaction.atomic():
        if not _remembered().filter(pk=one.pk).update(forgotten_at=timezone.now()):
            return False
        one.file.forget()
        one.forget_matches()
        one.rows.filter(Q(is_written=False) | Q(outcome="skipped")).delete()
        one.rows.exclude(problems=[]).update(problems=[])
        nothing: dict[str, Any] = {"changes": {}, **kind_named(one.kind).forgotten}
        one.rows.exclude(**nothing).update(**nothing)
    return True
