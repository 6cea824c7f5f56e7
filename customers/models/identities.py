"""How a customer is reached and known: e-mail addresses and phones, each with its proof."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.constraints import broke
from customers import followers
from customers.models.addresses import Located
from customers.search_rows import refresh_search
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer


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


class Reachable(Located):
    """The verbs on a customer's addresses and numbers. Each locks the customer first."""

    class Meta:
        abstract = True

    @property
    def primary_email(self) -> str:
        return self._primary(IdentityKind.EMAIL)

    @property
    def primary_phone(self) -> str:
        return self._primary(IdentityKind.PHONE)

    def _primary(self, kind: IdentityKind) -> str:
        # By name, for mypy: the reverse side of a relation stands on no abstract class.
        identities: models.Manager[Identity] = getattr(self, "identities")  # noqa: B009
        known = [one for one in identities.all() if one.kind == kind and one.is_primary]
        return known[0].value if known else ""

    def add_email(
        self, text: str, *, by: User | Customer | None, proof: Proof = Proof.STAFF
    ) -> Identity:
        """Note an address; the first becomes the primary one. Bears a repeat.

        Raises BadIdentity, and AddressTaken when it would be primary and another customer's is.
        """
        return self._add(self._email(text, proof), by=by)

    def add_phone(
        self, text: str, *, by: User | Customer | None, proof: Proof = Proof.STAFF
    ) -> Identity:
        """Note a number, read by the customer's country or else the shop's. Raises BadIdentity."""
        return self._add(self._phone(text, proof), by=by)

    def _email(self, text: str, proof: Proof) -> Identity:
        key, kind = email_key(text), IdentityKind.EMAIL
        return Identity(customer_id=self.pk, kind=kind, value=text.strip(), key=key, proof=proof)

    def _phone(self, text: str, proof: Proof) -> Identity:
        key = phone_key(text, self.country or Shop.current().country)
        kind, value = IdentityKind.PHONE, text.strip()
        return Identity(customer_id=self.pk, kind=kind, value=value, key=key, proof=proof)

    def _add(self, identity: Identity, *, by: User | Customer | None) -> Identity:
        with transaction.atomic():
            self.lock()
            known = self._own().filter(kind=identity.kind, key=identity.key).first()
            if known:
                return known
            self._take(identity)
            self._identities_changed(f"{identity.kind}_added", by=by)
            if identity.is_primary and identity.kind == IdentityKind.EMAIL:
                followers.primary_email_changed([self.pk])
        return identity

    def _take(self, identity: Identity) -> None:
        identity.proved_at = timezone.now() if identity.proof == Proof.PROVED else None
        of_kind = self._own().filter(kind=identity.kind)
        _save_primary(identity, is_primary=not of_kind.filter(is_primary=True).exists())

    def remove_identity(self, identity: Identity, *, by: User | Customer | None) -> bool:
        """Forget an address or number; False when it is gone already.

        The next one becomes the primary. Raises LastWayIn for the only address of an account, and
        AddressTaken when another customer's primary address is the one that would follow.
        """
        with transaction.atomic():
            self.lock()
            found = self._own().filter(pk=identity.pk).first()
            if found is None:
                return False
            others = self._own().filter(kind=found.kind).exclude(pk=found.pk).order_by("pk")
            if found.kind == IdentityKind.EMAIL and not others and self._needs_address():
                raise LastWayIn
            found.delete()
            if found.is_primary and others:
                _save_primary(others[0])
            self._identities_changed(f"{found.kind}_removed", by=by)
            if found.is_primary and found.kind == IdentityKind.EMAIL:
                followers.primary_email_changed([self.pk])
        return True

    def make_primary(self, identity: Identity, *, by: User | Customer | None) -> bool:
        """Write to, and for an account sign in with, this one from now on. False when it is so.

        Raises AddressTaken when it is another customer's primary address.
        """
        with transaction.atomic():
            self.lock()
            found = self._own().filter(pk=identity.pk, is_primary=False).first()
            if found is None:
                return False
            self._own().filter(kind=found.kind, is_primary=True).update(is_primary=False)
            _save_primary(found)
            self._identities_changed(f"primary_{found.kind}_changed", by=by)
            if found.kind == IdentityKind.EMAIL:
                followers.primary_email_changed([self.pk])
        return True

    def _own(self) -> IdentityQuerySet:
        return Identity.objects.filter(customer_id=self.pk)

    def _needs_address(self) -> bool:
        return self.row().with_account().exists()

    def _identities_changed(self, what: str, *, by: User | Customer | None) -> None:
        vars(self).pop("_prefetched_objects_cache", None)
        refresh_search([self.pk])
        self.tell(what, by=by)


def _save_primary(identity: Identity, *, is_primary: bool = True) -> None:
    identity.is_primary = is_primary
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError as error:
        if not broke(error, "primary_email_once"):
            raise
        raise AddressTaken from error
