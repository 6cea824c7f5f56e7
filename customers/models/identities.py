"""How a customer is reached and known: e-mail addresses and phones, each with its proof."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Shorter ones are extensions and emergency calls: nobody is called back there.
SHORTEST_PHONE = 5
# Of those who sign in all day long, one moment a day is enough to know.
NOTED_EVERY = timedelta(days=1)


class IdentityKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class Proof(models.TextChoices):
    """How we know that an address is the customer's."""

    TYPED = "typed", _("Typed by the customer")
    IMPORTED = "imported", _("Imported")
    STAFF = "staff", _("Entered by staff")
    PROVED = "proved", _("Proved by the customer")


class Level(models.TextChoices):
    """How far that goes: said, shown by a link or a call to it, and used to sign in since."""

    CLAIMED = "claimed", pgettext_lazy("proof level", "Claimed")
    CONFIRMED = "confirmed", pgettext_lazy("proof level", "Confirmed")
    SIGNED_IN = "signed_in", pgettext_lazy("proof level", "Signed in")


class BadIdentity(Exception):
    """This is no e-mail address, or no phone number."""


class AddressTaken(Exception):
    """The address is the primary one of another customer."""


class Unconfirmed(Exception):
    """A customer signs in with an address that they have proved, and with no other."""


class LastWayIn(Exception):
    """A customer with an account keeps their primary e-mail address until there is another."""


def email_key(text: str) -> str:
    """An address as we compare it. Raises BadIdentity."""
    key = unicodedata.normalize("NFC", text).strip().lower()
    try:
        validate_email(key)
    except ValidationError as error:
        raise BadIdentity from error
    if len(key) > 254:
        raise BadIdentity
    return key


def phone_key(text: str, country: str) -> str:
    """A number in E.164, read as people of `country` write it. Raises BadIdentity."""
    try:
        number = phonenumbers.parse(text.strip()[:60], country or None)
    except phonenumbers.NumberParseException as error:
        raise BadIdentity from error
    too_short = len(phonenumbers.national_significant_number(number)) < SHORTEST_PHONE
    if too_short or not phonenumbers.is_possible_number(number):
        raise BadIdentity
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class IdentityQuerySet(models.QuerySet["Identity"]):
    def emails(self) -> IdentityQuerySet:
        return self.filter(kind=IdentityKind.EMAIL)

    def phones(self) -> IdentityQuerySet:
        return self.filter(kind=IdentityKind.PHONE)

    def primary(self) -> IdentityQuerySet:
        return self.filter(is_primary=True)


class Identity(models.Model):
    """An e-mail address or phone number of a customer."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="identities", db_index=False
    )
    kind = models.CharField(max_length=5, choices=IdentityKind.choices)
    value = models.CharField(max_length=254)  # as it was typed
    key = models.CharField(max_length=254)  # lower-case e-mail, or E.164
    is_primary = models.BooleanField(default=False)
    proof = models.CharField(max_length=8, choices=Proof.choices, default=Proof.STAFF)
    proved_at = models.DateTimeField(null=True, blank=True)
    # The last sign-in with this address, to the day; only of one that was proved by then.
    signed_in_at = models.DateTimeField(null=True, blank=True)
    # Since when it stands here; null: since before that was noted. Imports write it as well.
    added_at = models.DateTimeField(null=True, default=timezone.now, db_default=Now())

    objects = IdentityQuerySet.as_manager()

    class Meta:
        constraints = [
            # Read by sign-in and reset: whose address is this? Whatever its proof, one customer's.
            models.UniqueConstraint(
                fields=["key"],
                name="primary_email_once",
                condition=Q(kind="email", is_primary=True),
            ),
            # Read by pages: the identities of these customers.
            models.UniqueConstraint(fields=["customer", "kind", "key"], name="identity_once"),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                name="one_primary_per_kind",
                condition=Q(is_primary=True),
            ),
            models.CheckConstraint(
                condition=Q(signed_in_at=None) | Q(proof="proved"),
                name="signed_in_with_what_is_proved",
            ),
        ]
        indexes = [
            # Read by search and imports: who has this address or number, primary or not?
            models.Index(fields=["key"], name="identity_key")
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def level(self) -> Level:
        if self.proof != Proof.PROVED:
            return Level.CLAIMED
        return Level.SIGNED_IN if self.signed_in_at else Level.CONFIRMED

    def prove(self) -> bool:
        """The customer has shown that this is theirs, by a link sent there or a code read out on a
        call to it. False the next time.
        """
        with transaction.atomic():
            self.customer.lock()
            mine = Identity.objects.filter(pk=self.pk).exclude(proof=Proof.PROVED)
            if not mine.update(proof=Proof.PROVED, proved_at=timezone.now()):
                return False
            self.customer.tell(f"{self.kind}_proved", by=self.customer)
        self.refresh_from_db()
        return True

    @classmethod
    def note_sign_in(cls, customer_id: int, address: str) -> bool:
        """The customer has come in by this address. False where that is known, or proves nothing.

        One UPDATE, which changes a row at most once a day. The caller holds the customer and
        records the sign-in.
        """
        now = timezone.now()
        unknown = Q(signed_in_at=None) | Q(signed_in_at__lt=now - NOTED_EVERY)
        theirs = cls.objects.emails().filter(unknown, customer=customer_id, key=address)
        return bool(theirs.filter(proof=Proof.PROVED).update(signed_in_at=now))
