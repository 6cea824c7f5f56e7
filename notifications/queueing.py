"""Mails to many at once: a few statements whatever their number, and nobody waits behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from events.log import AT_ONCE, OutsideTransaction
from events.models import Event, label_of
from events.telling import fill
from notifications.kinds import registered_kind
from notifications.models.mails import Mail
from notifications.models.outbox import MailQuerySet, lifetime

if TYPE_CHECKING:
    from django.db.models import Model

# Where mails to many wait: behind whatever somebody waits for at this moment.
MANY = "bulk"


@dataclass(frozen=True)
class Addressed:
    """One of many mails: as `Mail.queue` takes it."""

    kind: str
    to: str
    language: str
    about: Model
    expires_at: datetime | None


def queue_many(addressed: Iterable[Addressed], *, cause: Event) -> None:
    """Have these mails sent once the caller's transaction is committed.

    For one cause nobody is sent a second one of a kind: a repeat queues only what is missing.
    Raises UnknownKind.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(MANY)
    now = timezone.now()
    mails = [_mail(one, cause, now) for one in addressed]
    Mail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=AT_ONCE)
    transaction.on_commit(partial(fill, MANY), robust=True)


def _mail(one: Addressed, cause: Event, now: datetime) -> Mail:
    return Mail(
        kind=registered_kind(one.kind).name,
        to=one.to,
        language=one.language,
        queue_name=MANY,
        told_at=None,
        subject_type=label_of(one.about),
        subject_id=one.about.pk,
        cause=cause,
        queued_at=now,
        expires_at=one.expires_at,
        gives_up_at=min(filter(None, (one.expires_at, now + lifetime()))),
    )


def hurry(mails: MailQuerySet) -> None:
    """Somebody waits for these by now: they leave as if they had been asked for one by one."""
    for mail in mails.open().filter(queue_name=MANY):
        queue = registered_kind(mail.kind).queue
        if Mail.objects.open().filter(pk=mail.pk).update(queue_name=queue, told_at=timezone.now()):
            mail.queue_name = queue
            mail.tell()


def waiting_of(kinds: Iterable[str], *, up_to: int) -> tuple[int, int]:
    """Of mails to many of these kinds: how many wait, counted so far, and how many of those no
    worker has tried yet."""
    waiting = Mail.objects.open().filter(queue_name=MANY, kind__in=list(kinds))
    tries = list(waiting.values_list("attempts", flat=True)[:up_to])
    return len(tries), tries.count(0)
