"""Links in mails that prove who holds the mailbox: single use, short-lived, stored nowhere."""

from __future__ import annotations

import math
import secrets
from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.link_policy import pause
from notifications.models import Mail


class LinkState(models.TextChoices):
    """What a link is good for, now."""

    OPEN = "open", _("Waiting")
    USED = "used", _("Used")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Replaced by a newer link")
    EXPIRED = "expired", _("Expired")


# How a link can end; expiring is a matter of time and not recorded.
ENDINGS = [
    LinkState.USED,
    LinkState.DECLINED,
    LinkState.WITHDRAWN,
    LinkState.REPLACED,
]
ONE_OPEN = Q(closed_at=None)


class LinkRefused(Exception):
    """The link was genuine but is no longer open; `state` says why."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state.value)
        self.state = state


def new_nonce() -> str:
    """128 random bits, so that no two links can be alike."""
    return secrets.token_hex(16)


Row_co = TypeVar("Row_co", bound="SecretLink", covariant=True)


class SecretLinkQuerySet(models.QuerySet[Row_co]):
    def unclosed(self) -> Self:
        """Neither used nor taken back; it may have expired."""
        return self.filter(closed_at=None)

    def open(self) -> Self:
        return self.unclosed().filter(expires_at__gt=timezone.now())

    def close(self, ending: LinkState) -> int:
        """Guarded: what is closed already keeps its ending."""
        return self.unclosed().update(closed_at=timezone.now(), ending=ending)


class SecretLink(models.Model):
    """The token is derived from this row under a key outside the database (accounts/tokens.py)."""

    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # The first time the link was followed; mail scanners follow links too.
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(
        max_length=10, choices=[(e.value, e.label) for e in ENDINGS], blank=True
    )

    class Meta:
        abstract = True

    def signed_fields(self) -> list[str]:
        """What the token vouches for besides the row: the purpose, the address."""
        raise NotImplementedError

    @property
    def state(self) -> LinkState:
        if self.closed_at is not None:
            return LinkState(self.ending)
        return LinkState.OPEN if self.expires_at > timezone.now() else LinkState.EXPIRED

    @property
    def is_open(self) -> bool:
        return self.state == LinkState.OPEN

    @property
    def has_enough_time(self) -> bool:
        """Open, with half its life to come: whoever is mailed it now can still make use of it."""
        left = self.expires_at - timezone.now()
        return self.closed_at is None and left >= (self.expires_at - self.started_at) / 2

    @property
    def was_just_mailed(self) -> bool:
        """A mail with this link waits, or left a moment ago."""
        mail = self._newest_mail()
        is_waiting = mail is not None and mail.state == "waiting"
        return is_waiting or self._pause_after(mail) > timedelta(0)

    @property
    def again_in_seconds(self) -> int:
        """How long another click counts as the second one of a double click; 0 afterwards."""
        return max(0, math.ceil(self._pause_after(self._newest_mail()).total_seconds()))

    def _newest_mail(self) -> Mail | None:
        return Mail.objects.about(self).first()

    def _pause_after(self, mail: Mail | None) -> timedelta:
        """What is left of the pause. A mail that was refused is no reason to wait."""
        if mail is not None and mail.state == "failed":
            return timedelta(0)
        return (mail.queued_at if mail else self.started_at) + pause() - timezone.now()

    def mark_opened(self) -> bool:
        """Note the first opening. True for the one request that was the first."""
        unopened = self._row().open().filter(opened_at=None)
        return bool(unopened.update(opened_at=timezone.now()))

    def take(self, ending: LinkState) -> None:
        """Close the link for its one use. Of several at once one returns, the others raise."""
        if not self._row().open().close(ending):
            self.refresh_from_db()
            raise LinkRefused(self.state)
        self.refresh_from_db()

    def _row(self) -> SecretLinkQuerySet[Self]:
        """This one row, for guarded updates."""
        return SecretLinkQuerySet(type(self)).filter(pk=self.pk)
