"""The question whether everything worked, and what the customer answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models.links import LinkRefused, LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.reset_requests import ResetRequest
from accounts.models.rules import AccountRules
from events.log import Happened, record, record_many

if TYPE_CHECKING:
    from datetime import datetime

LASTS = timedelta(days=14)
LONGEST_WORDS = 1000
# Asked in one transaction; the rest has its turn a few minutes later.
AT_ONCE = 500


class FeedbackQuerySet(SecretLinkQuerySet["Feedback"]):
    """Questions to customers."""


class Feedback(SecretLink):
    """One question about one reset. Its link opens nothing: it says yes or no, once."""

    request = models.OneToOneField(ResetRequest, on_delete=models.PROTECT, related_name="feedback")
    to = models.EmailField(max_length=254)
    # Null until the customer has answered.
    worked = models.BooleanField(null=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(worked__isnull=False, ending=LinkState.USED)
                | (Q(worked=None) & ~Q(ending=LinkState.USED)),
                name="feedback_answered_when_used",
            )
        ]

    @classmethod
    def ask_those_due(cls) -> int:
        """Ask whether it worked, once for each reset, where the shop wants that. How many.

        Set-based; two workers at once ask nobody twice.
        """
        rules = AccountRules.current()
        if not rules.asks_whether_it_worked:
            return 0
        now = timezone.now()
        with transaction.atomic():
            asked = _take(rules.follow_up_hours, now)
            fresh = [
                Feedback(request=one, to=one.to, started_at=now, expires_at=now + LASTS)
                for one in asked
            ]
            Feedback.objects.bulk_create(fresh)
            happened = [Happened(one, [one.request.customer]) for one in fresh]
            record_many("feedback.asked", happened)
        return len(fresh)

    def signed_fields(self) -> list[str]:
        return ["feedback", self.to]

    def answer(self, *, worked: bool, words: str = "") -> None:
        """Yes settles the reset, no opens it again with their words. Raises LinkRefused."""
        customer = self.request.customer
        with transaction.atomic():
            customer.lock()
            ended = {"closed_at": timezone.now(), "ending": LinkState.USED}
            if not self._row().open().update(worked=worked, words=words, **ended):
                self.refresh_from_db()
                raise LinkRefused(self.state)
            if worked:
                self.request.settle(by=customer)
            else:
                self.request.reopen(by=customer)
            record("feedback.answered", self, by=customer, about=[customer], worked=worked)
        self.refresh_from_db()


def _take(hours: int, now: datetime) -> list[ResetRequest]:
    """Mark those whose turn it is. Rows that another worker holds are its own to ask about."""
    due = ResetRequest.objects.to_be_asked(hours).order_by("closed_at")
    locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
    taken = list(locked.select_related("customer")[:AT_ONCE])
    ResetRequest.objects.filter(pk__in=[one.pk for one in taken]).update(asked_whether_at=now)
    return taken
