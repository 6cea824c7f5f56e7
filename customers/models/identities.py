"""How a customer is reached and known: e-mail addresses and phones, each with its proof."""

from __future__ import annotations

import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Shorter ones are extensions and emergency calls: nobody is called back there.
SHORTEST_PHONE = 5


class IdentityKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class Proof(models.TextChoices):
    """How we know that an address is the customer's."""

    TYPED = "typed", _("Typed by the customer")
    IMPORTED = "imported", _("Imported")
    STAFF = "staff", _("Entered by staff")
    PROVED = "proved", _("Proved by the customer")


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
        ]
        indexes = [
            # Read by search and imports: who has this address or number, primary or not?
            models.Index(fields=["key"], name="identity_key")
        ]

    def __str__(self) -> str:
        return self.value

    def prove(self) -> bool:
        """The customer has shown that this is theirs, by a link sent there. False the next time."""
        with transaction.atomic():
            self.customer.lock()
            mine = Identity.objects.filter(pk=self.pk).exclude(proof=Proof.PROVED)
            if not mine.update(proof=Proof.PROVED, proved_at=timezone.now()):
                return False
            self.customer.tell(f"{self.kind}_proved", by=self.customer)
        self.refresh_from_db()
        return True
