"""How much mail with a link or a code one mailbox is sent, whoever asks for it."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from accounts.addresses import budget_key
from accounts.sealing import derived_key
from events.log import OutsideTransaction

HOUR = timedelta(hours=1)
# A mail leaves in the very transaction that spent for it.
SAME_MOMENT = timedelta(seconds=10)


class Share(IntEnum):
    """Of five mails an hour, how many may have left before this sort of asker gets no further one.

    What strangers ask for leaves two to staff, who have the customer on the phone.
    """

    SHOP = 3
    DOOR = 4
    DESK = 5


class NotYet(Exception):
    """A mail went there a moment ago, or too many lately: how long ago, and how long to wait."""

    def __init__(self, *, seconds_ago: int, seconds_left: int) -> None:
        super().__init__(seconds_left)
        self.seconds_ago, self.seconds_left = seconds_ago, seconds_left


# The row stays locked until the verb is over: of two asks at once, one spends. What rolls back has
# spent nothing. Keys in order, so that two of these never wait for each other.
SPEND_SQL = """
    INSERT INTO accounts_mailbudget AS b (key, taken_at)
    SELECT key, ARRAY[%(now)s]::timestamptz[] FROM unnest(%(keys)s::text[]) AS key ORDER BY key
    ON CONFLICT (key) DO UPDATE
        SET taken_at = (ARRAY[%(now)s]::timestamptz[] || b.taken_at)[1:%(most)s]
        WHERE coalesce(b.taken_at[1] <= %(now)s - %(pause)s, true)
          AND coalesce(b.taken_at[%(share)s] <= %(now)s - %(hour)s, true)
    RETURNING key
"""
GIVE_BACK_SQL = """
    UPDATE accounts_mailbudget SET taken_at = ARRAY(
        SELECT at FROM unnest(taken_at) WITH ORDINALITY AS taken (at, place)
        WHERE at NOT BETWEEN %s AND %s ORDER BY place
    ) WHERE key = %s
"""
FORGET_SQL = """
    DELETE FROM accounts_mailbudget WHERE coalesce(taken_at[1], '-infinity') < %s
"""


class MailBudget(models.Model):
    """One mail a minute and five an hour reach a mailbox: when the last five left, newest first.

    `key` is a keyed hash of the address: the table names nobody. It is no rate limit on asking,
    and nothing is refused to whom the mail would be news of an attack: notices are not counted.
    """

    key = models.CharField(max_length=64, primary_key=True)
    taken_at = ArrayField(models.DateTimeField())

    @classmethod
    def spend(cls, address: str, share: Share) -> NotYet | None:
        """Count a mail that leaves now. Returns why it may not, and raises nothing.

        Inside the verb's transaction, whose end decides whether it was spent.
        """
        now = timezone.now()
        key = _hashed(address)
        if _spend([key], share, now):
            return None
        return _not_yet(cls.objects.get(pk=key).taken_at, share, now)

    @classmethod
    def spend_many(cls, addresses: Iterable[str], share: Share) -> set[str]:
        """Those who may be mailed now, and are counted. Of variants of one mailbox, one."""
        by_key = {_hashed(address): address for address in addresses}
        spent = _spend(sorted(by_key), share, timezone.now()) if by_key else []
        return {by_key[key] for key in spent}

    @classmethod
    def free_many(cls, addresses: Iterable[str], share: Share) -> set[str]:
        """Those whom `spend_many` would count now. Nothing is counted."""
        by_key = {_hashed(address): address for address in addresses}
        rows = cls.objects.filter(pk__in=list(by_key))
        now = timezone.now()
        full = {row.key for row in rows if not _is_free(row.taken_at, share, now)}
        return {address for key, address in by_key.items() if key not in full}

    @classmethod
    def give_back(cls, address: str, *, of: datetime) -> None:
        """The mail of that moment was refused by its server, and reached nobody. Bears a repeat."""
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK_SQL, [of - SAME_MOMENT, of, _hashed(address)])

    @classmethod
    def forget_old(cls) -> int:
        """What no limit asks for any more. How many rows went."""
        with connection.cursor() as cursor:
            cursor.execute(FORGET_SQL, [timezone.now() - HOUR])
            return int(cursor.rowcount)


def _spend(keys: list[str], share: Share, now: datetime) -> list[str]:
    if not connection.in_atomic_block:
        raise OutsideTransaction("mail budget")
    values: dict[str, Any] = {
        "keys": keys,
        "now": now,
        "pause": _pause(),
        "hour": HOUR,
        "share": int(share),
        "most": int(max(Share)),
    }
    with connection.cursor() as cursor:
        cursor.execute(SPEND_SQL, values)
        return [key for (key,) in cursor.fetchall()]


def _is_free(taken_at: list[datetime], share: Share, now: datetime) -> bool:
    """As SPEND_SQL has it."""
    if taken_at and taken_at[0] > now - _pause():
        return False
    return len(taken_at) < share or taken_at[share - 1] <= now - HOUR


def _not_yet(taken_at: list[datetime], share: Share, now: datetime) -> NotYet:
    free_at = taken_at[0] + _pause()
    if len(taken_at) >= share:
        free_at = max(free_at, taken_at[share - 1] + HOUR)
    return NotYet(
        seconds_ago=max(0, math.floor((now - taken_at[0]).total_seconds())),
        seconds_left=max(1, math.ceil((free_at - now).total_seconds())),
    )


def _pause() -> timedelta:
    return timedelta(seconds=settings.ADDRESS_PAUSE_SECONDS)


def _hashed(address: str) -> str:
    message = budget_key(address).encode()
    return hmac.new(derived_key("mail budget"), message, hashlib.sha256).hexdigest()
