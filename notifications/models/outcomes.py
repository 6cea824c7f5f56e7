"""What has become of a mail, as far as anybody knows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.models.outbox import Failure
from notifications.models.troubles import Trouble, trouble_in

if TYPE_CHECKING:
    from accounts.models import User

# Told by the receiving side, or by the mail server itself: what is known of the address.
VERDICT = (
    Q(failure=Failure.REFUSED, failed_at__isnull=False)
    | Q(bounced_at__isnull=False)
    | Q(delivered_at__isnull=False)
)
LONGEST_ID = 255


class Outcome(models.Model):
    """Facts of one mail: handed over or not, and what a mail service has told of it since."""

    queued_at = models.DateTimeField(default=timezone.now)
    handed_over_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # When a person said that a failure may rest.
    dismissed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, choices=Failure, blank=True, default="")
    # The mail server's number, e.g. "550"; "" when it never answered.
    answer = models.CharField(max_length=20, blank=True, default="")
    # Its words (notifications/answers.py); no event and no log repeats them.
    answer_words = models.CharField(max_length=100, blank=True, default="", db_default="")
    # The connection broke after the text had left: the server may have the mail already.
    interrupted_at = models.DateTimeField(null=True)

    # What the mail service calls it; "" for a plain mail server, which tells no more.
    service_id = models.CharField(max_length=LONGEST_ID, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=20, choices=Trouble, blank=True, default="", db_default="")
    bounce_words = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        """One of waiting, handed_over, failed, withdrawn."""
        if self.handed_over_at:
            return "handed_over"
        if self.failed_at:
            return "failed"
        return "withdrawn" if self.withdrawn_at else "waiting"

    @property
    def arrival(self) -> str:
        """One of delivered, bounced, awaited, unknown; by what happened last, not by what was
        told last."""
        if self.bounced_at and (self.delivered_at is None or self.bounced_at >= self.delivered_at):
            return "bounced"
        if self.delivered_at:
            return "delivered"
        return "awaited" if self.service_id else "unknown"

    @property
    def trouble(self) -> Trouble | None:
        """Why it did not reach the mailbox; None where nobody said so."""
        if self.arrival == "bounced":
            return Trouble(self.bounce)
        is_refused = self.state == "failed" and self.failure == Failure.REFUSED
        return trouble_in(self.answer_words) if is_refused else None

    @property
    def trouble_words(self) -> str:
        """What the receiving side said, or the mail server itself."""
        if self.arrival == "bounced":
            return self.bounce_words
        return f"{self.answer} {self.answer_words}".strip()

    @property
    def took(self) -> float | None:
        """Seconds from the request to the mail server's "accepted"; None while it waits."""
        ended_at = self.handed_over_at
        return (ended_at - self.queued_at).total_seconds() if ended_at else None

    def note_delivery(self, *, at: datetime) -> bool:
        """The receiving server has it. False where that is known."""
        return self._note(Q(delivered_at=None), delivered_at=self._possible(at))

    def note_bounce(self, trouble: Trouble, *, at: datetime, words: str) -> bool:
        """It came back. False where that is known: but what is final replaces what was not."""
        worse = Q(bounced_at=None)
        if trouble.is_final:
            worse |= ~Q(bounce__in=[one for one in Trouble if one.is_final])
        with transaction.atomic():
            at = self._possible(at)
            if not self._note(worse, bounced_at=at, bounce=trouble, bounce_words=words):
                return False
            self._record("mail.bounced", bounce=trouble.value)
        return True

    def _possible(self, at: datetime) -> datetime:
        """Other machines' clocks: nothing arrives before it was sent, or tomorrow."""
        return min(max(at, self.queued_at), timezone.now())

    def _note(self, unless: Q, **facts: Any) -> bool:
        """Guarded: of reports that come twice, or at once, one counts."""
        mine = type(self)._base_manager.filter(unless, pk=self.pk)
        noted = mine.update(**facts)
        if noted:
            self.refresh_from_db()
        return bool(noted)

    def _record(self, name: str, *, by: User | None = None, **plain: Any) -> None:
        """Leave an event on the timeline of what the mail is about. Said by the mail itself."""
        raise NotImplementedError
