"""Links in mails that prove who holds the mailbox: single use, short-lived, stored nowhere."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
# A link that was printed is never mailed; any other is handed to a worker sooner than this.
ON_ITS_WAY = timedelta(minutes=1)


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
    def mail_waits(self) -> bool:
        """A mail with this link is about to leave, or the event that sends it is on its way."""
        return self.waits_with(Mail.objects.about(self).first())

    def waits_with(self, mail: Mail | None) -> bool:
        """`mail_waits`, for whoever has looked up the newest mail with this link."""
        if mail is None:
            return timezone.now() - self.started_at < ON_ITS_WAY
        return mail.state == "waiting"

    def mark_opened(self) -> bool:
        """Note the first opening. True for the one request that was the first."""
        unopened = self._row().open().filter(opened_at=None)
        return bool(unopened.update(opened_at=timezone.now()))

    def open_link(self) -> None:
        """The link was followed. Kinds that somebody watches leave an event for the first time."""
        self.mark_opened()

    def take(self, ending: LinkState) -> None:
        """Close the link for its one use. Of several at once one returns, the others raise."""
        if not self._row().open().close(ending):
            self.refresh_from_db()
            raise LinkRefused(self.state)
        self.refresh_from_db()

    def _row(self) -> SecretLinkQuerySet[Self]:
        """This one row, for guarded updates."""
        return SecretLinkQuerySet(type(self)).filter(pk=self.pk)
