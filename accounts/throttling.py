"""Limits on guessing and on mail to strangers, counted in PostgreSQL, shared by all processes."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connection
from django.utils import timezone

from accounts.models import Throttle
from accounts.sealing import derived_key
from accounts.sessions import door_of
from core.client_ip import client_networks

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)


# What was tried: whoever guesses at their own password may ask for a link instead, and nobody else
# has anything to do but wait.
PASSWORD, LINK, ELSE = "password", "link", ""


@dataclass(frozen=True)
class Limit:
    tries: int
    seconds: int
    tried: str = ELSE


LIMITS = {
    # Guessing one person's password from one place; generous enough for a bad morning.
    "login of account from ip": Limit(10, 300, PASSWORD),
    # So that no site fills the next one alone, and keeps the owner of the account out by it.
    "login of account from site": Limit(20, 900, PASSWORD),
    "login of account": Limit(100, 900, PASSWORD),
    "login from ip": Limit(60, 60, PASSWORD),
    "login from site": Limit(300, 60, PASSWORD),
    "code of user": Limit(6, 300),
    # Three codes are right at a time: without a ceiling, whoever has the password comes in by luck
    # within months. A sign-in does not start it over.
    "codes of user a day": Limit(30, 86400),
    "password of user": Limit(10, 300, PASSWORD),
    # With the right present one: each change mails a notice, which no other limit holds back.
    "own password of user": Limit(5, 3600),
    "ask from ip": Limit(20, 300, LINK),
    "ask from site": Limit(100, 300, LINK),
    "link from ip": Limit(60, 60),
    "link from site": Limit(300, 60),
    "redeem from ip": Limit(30, 60),
    "redeem from site": Limit(150, 60),
    # Guessing what a customer would know, of whichever colleague.
    "proof of customer": Limit(3, 3600),
    "proofs of customer": Limit(8, 3600),
    "answers to colleague": Limit(60, 3600),
    # Whose is this address, number or order? The desk answers while it is typed: a pause is a try.
    "masked look-ups of colleague": Limit(120, 3600),
    "code from ip": Limit(10, 300),
    "code from site": Limit(50, 300),
    # All people at one door: what one place asks for beyond its own limit is not counted here, and
    # a flood at the shop keeps nobody from the desk.
    "sign-ins of everybody": Limit(3000, 60, PASSWORD),
    "asks of everybody": Limit(600, 60, LINK),
    "links of everybody": Limit(3000, 60),
    "redeems of everybody": Limit(600, 60),
    "codes of everybody": Limit(600, 60),
}

# What strangers may try: the limit of a network (IPv4 address or IPv6 /64), of the IPv6 /48 that it
# lies in, and of everybody at that door.
FROM_OUTSIDE = {
    "login": ("login from ip", "login from site", "sign-ins of everybody"),
    "ask": ("ask from ip", "ask from site", "asks of everybody"),
    "link": ("link from ip", "link from site", "links of everybody"),
    "redeem": ("redeem from ip", "redeem from site", "redeems of everybody"),
    "code": ("code from ip", "code from site", "codes of everybody"),
}

# Nobody waits for the disk: what a crash of the database loses is the last tries of a moment.
COUNT_SQL = """
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO accounts_throttle AS t (name, key, account, count, ends_at)
    SELECT %(name)s, %(key)s, %(account)s, 1, %(end)s FROM quick
    ON CONFLICT (name, key) DO UPDATE SET
        count = CASE WHEN t.ends_at <= %(now)s THEN 1 ELSE t.count + 1 END,
        ends_at = CASE WHEN t.ends_at <= %(now)s THEN %(end)s ELSE t.ends_at END
    RETURNING count, ends_at
"""


class Throttled(Exception):
    """Tried too often: which of LIMITS it was, how many seconds to wait, and whether this is the
    first try of its window that was refused."""

    def __init__(self, limit: str, seconds: int, *, is_first: bool = False) -> None:
        super().__init__(limit, seconds)
        self.limit = limit
        self.seconds = seconds
        self.is_first = is_first


def hit(name: str, *key: object, account: str = "") -> None:
    """Count one try; raise Throttled beyond the limit.

    One statement, so that a burst of parallel tries is counted to the last. Call it outside of a
    transaction: one that rolls back would forget the try.
    """
    limit = LIMITS[name]
    now = timezone.now()
    end = now + timedelta(seconds=limit.seconds)
    values: dict[str, Any] = {
        "name": name,
        "key": _hashed(*key),
        "account": account,
        "now": now,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, values)
        count, ends_at = cursor.fetchone()
    if count > limit.tries:
        log.warning("limit.reached", limit=name)
        is_first = count == limit.tries + 1
        raise Throttled(name, _seconds_until(ends_at, now), is_first=is_first)


def hit_all(*hits: tuple[object, ...]) -> None:
    """`hit` each in turn, up to the first that is beyond its limit. Raises Throttled.

    The narrowest first: a flood from one place must not use up what everybody shares.
    """
    for name, *key in hits:
        hit(str(name), *key)


def hit_from_outside(what: str, request: HttpRequest, *, genuine: object = None) -> None:
    """Count one try of somebody who may be anybody, by where they are. Raises Throttled.

    Whoever came with something `genuine`, the link of their token for example, is counted for their
    place alone: a flood of made-up ones must not silence an alarm.
    """
    of_network, of_site, of_everybody = FROM_OUTSIDE[what]
    network, *sites = client_networks(request)
    by_site = [(of_site, site) for site in sites]
    hit_all((of_network, network), *by_site)
    if genuine is None:
        hit(of_everybody, door_of(request))


def seconds_left(*hits: tuple[object, ...]) -> list[int]:
    """For how long each of these would be refused now; 0 where there is room. Counts nothing."""
    now = timezone.now()
    asked = [(str(name), _hashed(*key)) for name, *key in hits]
    names, keys = {name for name, _key in asked}, {key for _name, key in asked}
    rows = Throttle.objects.filter(name__in=names, key__in=keys, ends_at__gt=now)
    used_up = {
        (row.name, row.key): _seconds_until(row.ends_at, now)
        for row in rows
        if row.count >= LIMITS[row.name].tries
    }
    return [used_up.get(one, 0) for one in asked]


def forget(name: str, *key: object) -> None:
    """Start over, e.g. after a success."""
    Throttle.objects.filter(name=name, key=_hashed(*key)).delete()


def hit_sign_in(kind: str, email: str, request: HttpRequest) -> None:
    """Count one try to sign in: from this place, for this account, and both together."""
    account = _hashed(kind, email)
    hit_from_outside("login", request)
    network, *sites = client_networks(request)
    site = sites[0] if sites else network
    hit("login of account from ip", kind, email, network, account=account)
    hit("login of account from site", kind, email, site, account=account)
    hit("login of account", kind, email, account=account)


def forget_sign_ins(kind: str, email: str) -> None:
    """Whoever has proved who they are is not kept waiting for earlier wrong guesses."""
    Throttle.objects.filter(account=_hashed(kind, email)).delete()


def _seconds_until(end: datetime, now: datetime) -> int:
    return max(1, math.ceil((end - now).total_seconds()))


def _hashed(*key: object) -> str:
    """Neither addresses of people nor of machines stand in the table."""
    message = b"".join(len(raw).to_bytes(4) + raw for raw in (str(part).encode() for part in key))
    return hmac.new(derived_key("throttle"), message, hashlib.sha256).hexdigest()
