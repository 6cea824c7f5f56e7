"""How long links in mails live, when one is mailed again, and who replaces whom: one rule for all.

Whoever asks while a link is open and its mail waits is answered by that mail. Later on a member of
staff makes a new link, which replaces the open one. An ask from outside never kills a link that
lies in somebody's mailbox: the same link is mailed again, however little of its life is left.
Who is written to together with many others may have asked for a link just now: one that has half
of its life before it is mailed again, an older one is replaced.
What may leave at all is decided by the address's budget (accounts/models/mail_budgets.py); an ask
that it refuses changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.models.rules import AccountRules

if TYPE_CHECKING:
    from accounts.models.links import SecretLink


class Answer(Enum):
    """What comes of an ask for a link."""

    NOTHING_MORE = "the mail that is about to leave is the answer"
    SAME_AGAIN = "the open link is mailed once more"
    NEW = "a new link, which replaces the one before"


def answer_to(standing: SecretLink | None, *, from_outside: bool) -> Answer:
    if standing is None or not standing.is_open:
        return Answer.NEW
    if standing.mail_waits:
        return Answer.NOTHING_MORE
    return Answer.SAME_AGAIN if from_outside else Answer.NEW


def answer_among_many(standing: SecretLink | None, *, now: datetime) -> Answer:
    """For a bulk send, which passes over those whose mail waits."""
    if standing is None or not standing.is_open:
        return Answer.NEW
    lasts = standing.expires_at - standing.started_at
    return Answer.SAME_AGAIN if now < standing.started_at + lasts / 2 else Answer.NEW


def reset_lasts() -> timedelta:
    """Also for a stranger's address that waits to be confirmed."""
    return timedelta(minutes=AccountRules.current().reset_minutes)


def staff_reset_lasts() -> timedelta:
    """Colleagues' links do not follow the shop's rule for customers."""
    return timedelta(minutes=settings.STAFF_RESET_MINUTES)


def invite_lasts() -> timedelta:
    return timedelta(days=settings.INVITE_LINK_DAYS)


def staff_invite_lasts() -> timedelta:
    return timedelta(days=settings.STAFF_INVITE_DAYS)
