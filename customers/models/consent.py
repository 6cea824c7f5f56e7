"""What a customer may be sent: consent for e-mail and for SMS, each with its time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.conflicts import ChangedMeanwhile
from customers.models.rows import CustomerRow

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Consent(models.TextChoices):
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED", _("Not subscribed")
    PENDING = "PENDING", _("Pending")
    SUBSCRIBED = "SUBSCRIBED", _("Subscribed")
    UNSUBSCRIBED = "UNSUBSCRIBED", _("Unsubscribed")
    INVALID = "INVALID", _("Invalid")  # e-mail only, set by ShopDesk itself
    REDACTED = "REDACTED", _("Redacted")  # the end: nothing follows it


class ConsentLevel(models.TextChoices):
    SINGLE = "single_opt_in", _("Single opt-in")
    CONFIRMED = "confirmed_opt_in", _("Confirmed opt-in")
    UNKNOWN = "unknown", _("Unknown")


class ConsentFacts(CustomerRow):
    email_consent = models.CharField(
        max_length=14, choices=Consent.choices, default=Consent.NOT_SUBSCRIBED
    )
    email_consent_level = models.CharField(max_length=16, choices=ConsentLevel.choices, blank=True)
    email_consent_at = models.DateTimeField(null=True, blank=True)
    sms_consent = models.CharField(
        max_length=14, choices=Consent.choices, default=Consent.NOT_SUBSCRIBED
    )
    sms_consent_level = models.CharField(max_length=16, choices=ConsentLevel.choices, blank=True)
    sms_consent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def set_consent(
        self,
        channel: Channel,
        state: Consent,
        *,
        by: User | Customer | None,
        level: ConsentLevel = ConsentLevel.UNKNOWN,
        at: datetime | None = None,
        expected: Consent | None = None,
    ) -> bool:
        """Note what the customer agreed to, and when. The newest word wins, whenever it arrives.

        False when nothing changed: the same state, a later word is known, or all is redacted.
        Raises ChangedMeanwhile when it is not `expected`, what the typist saw, any more.
        """
        at = at or timezone.now()
        field = f"{channel.value}_consent"
        with transaction.atomic():
            if expected is not None and not self.lock().filter(**{field: expected}).exists():
                raise ChangedMeanwhile
            mine = (
                self.row()
                .filter(models.Q(**{f"{field}_at": None}) | models.Q(**{f"{field}_at__lte": at}))
                .exclude(**{f"{field}__in": [state, Consent.REDACTED]})
            )
            changes = {field: state, f"{field}_level": level, f"{field}_at": at}
            if not mine.update(**changes):
                return False
            self.tell("consent_changed", by=by, channel=channel.value, state=state.value)
        for name, value in changes.items():
            setattr(self, name, value)
        return True
