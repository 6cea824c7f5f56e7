"""What a customer may be sent: consent for e-mail and for SMS, each with its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.conflicts import ChangedMeanwhile
from customers.models.rows import CustomerRow

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer
    from customers.querysets import CustomerQuerySet


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Consent(models.TextChoices):
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED", _("Not subscribed")
    PENDING = "PENDING", _("Pending")
    SUBSCRIBED = "SUBSCRIBED", _("Subscribed")
    UNSUBSCRIBED = "UNSUBSCRIBED", _("Unsubscribed")
    INVALID = "INVALID", _("Invalid")  # e-mail only, and only ShopDesk itself says so
    REDACTED = "REDACTED", _("Redacted")  # the end: nothing follows it


# What may come before each. Whoever was asked once was asked: nothing leads back to NOT_SUBSCRIBED,
# and of somebody who left, an address that bounces must not hide the wish.
BEFORE: dict[Consent, set[Consent]] = {
    Consent.NOT_SUBSCRIBED: set(),
    Consent.PENDING: {Consent.NOT_SUBSCRIBED, Consent.UNSUBSCRIBED, Consent.INVALID},
    Consent.SUBSCRIBED: {
        *(Consent.NOT_SUBSCRIBED, Consent.PENDING, Consent.UNSUBSCRIBED, Consent.INVALID)
    },
    Consent.UNSUBSCRIBED: {
        *(Consent.NOT_SUBSCRIBED, Consent.PENDING, Consent.SUBSCRIBED, Consent.INVALID)
    },
    Consent.INVALID: {Consent.NOT_SUBSCRIBED, Consent.PENDING, Consent.SUBSCRIBED},
    Consent.REDACTED: set(Consent) - {Consent.REDACTED},
}


class ImpossibleConsent(Exception):
    """INVALID is said of e-mail addresses alone, and by nobody but ShopDesk itself."""


class ConsentLevel(models.TextChoices):
    SINGLE = "single_opt_in", _("Single opt-in")
    CONFIRMED = "confirmed_opt_in", _("Confirmed opt-in")
    UNKNOWN = "unknown", _("Unknown")


# A weaker level that is said later takes nothing back.
WEAKER: dict[ConsentLevel, list[str]] = {
    ConsentLevel.UNKNOWN: [],
    ConsentLevel.SINGLE: ["", ConsentLevel.UNKNOWN],
    ConsentLevel.CONFIRMED: ["", ConsentLevel.UNKNOWN, ConsentLevel.SINGLE],
}


class CollectedFrom(models.TextChoices):
    """Where the word was given. An imported file tells neither that nor the day."""

    SHOPIFY = "SHOPIFY", _("Shopify")
    OTHER = "OTHER", _("elsewhere")
    FILE = "FILE", _("an imported file")


@dataclass(frozen=True)
class Word:
    """What was said on one channel, and its way onto the customer's row."""

    field: str
    state: Consent
    level: ConsentLevel
    at: datetime
    collected_from: CollectedFrom

    def changes(self) -> dict[str, Any]:
        said = {"level": self.level, "at": self.at, "collected_from": self.collected_from}
        return {self.field: self.state, **{f"{self.field}_{key}": said[key] for key in said}}

    def write(self, mine: CustomerQuerySet) -> bool:
        """Unless a later word is known. A repeat moves the time on, and the level never down."""
        known_at = f"{self.field}_at"
        newest = mine.filter(Q(**{known_at: None}) | Q(**{f"{known_at}__lte": self.at}))
        if newest.filter(**{f"{self.field}__in": BEFORE[self.state]}).update(**self.changes()):
            return True
        same = newest.filter(**{self.field: self.state})
        stronger = same.filter(**{f"{self.field}_level__in": WEAKER[self.level]})
        if stronger.update(**self.changes()):
            return True
        same.update(**{known_at: self.at})
        return False


class ConsentFacts(CustomerRow):
    email_consent = models.CharField(
        max_length=14, choices=Consent.choices, default=Consent.NOT_SUBSCRIBED
    )
    email_consent_level = models.CharField(max_length=16, choices=ConsentLevel.choices, blank=True)
    email_consent_at = models.DateTimeField(null=True, blank=True)
    email_consent_collected_from = models.CharField(
        max_length=7, choices=CollectedFrom.choices, blank=True, default="", db_default=""
    )
    sms_consent = models.CharField(
        max_length=14, choices=Consent.choices, default=Consent.NOT_SUBSCRIBED
    )
    sms_consent_level = models.CharField(max_length=16, choices=ConsentLevel.choices, blank=True)
    sms_consent_at = models.DateTimeField(null=True, blank=True)
    sms_consent_collected_from = models.CharField(
        max_length=7, choices=CollectedFrom.choices, blank=True, default="", db_default=""
    )

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
        collected_from: CollectedFrom = CollectedFrom.OTHER,
        expected: Consent | None = None,
    ) -> bool:
        """Note what the customer agreed to, and when. The newest word wins, whenever it arrives.

        False when it says nothing new (a repeat only moves the time), when a later word is known,
        or when `state` cannot follow what is there. Raises ImpossibleConsent, or ChangedMeanwhile
        when it is not `expected`, what the typist saw, any more.
        """
        if state == Consent.INVALID and (by is not None or channel != Channel.EMAIL):
            raise ImpossibleConsent
        word = Word(f"{channel.value}_consent", state, level, at or timezone.now(), collected_from)
        with transaction.atomic():
            mine = self.lock()
            if expected is not None and not mine.filter(**{word.field: expected}).exists():
                raise ChangedMeanwhile
            if not word.write(mine):
                return False
            self.tell("consent_changed", by=by, channel=channel.value, state=state.value)
        self.refresh_from_db(fields=list(word.changes()))
        return True
