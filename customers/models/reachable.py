"""The verbs on how a customer is reached: adding, removing, choosing and replacing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core.constraints import broke
from customers import followers
from customers.models.addresses import Located
from customers.models.identities import (
    AddressTaken,
    BadIdentity,
    Identity,
    IdentityKind,
    IdentityQuerySet,
    LastWayIn,
    Proof,
    Unconfirmed,
    email_key,
    phone_key,
)
from customers.search_rows import refresh_search
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer

# What the verbs here change of an identity that is known.
MOVED = ["is_primary", "proof", "proved_at"]


class Reachable(Located):
    """The verbs on a customer's addresses and numbers. Each locks the customer first, or OnHold."""

    class Meta:
        abstract = True

    @property
    def primary_email(self) -> str:
        known = self.email_identity
        return known.value if known else ""

    @property
    def primary_phone(self) -> str:
        known = self.phone_identity
        return known.value if known else ""

    @property
    def email_identity(self) -> Identity | None:
        return self._primary(IdentityKind.EMAIL)

    @property
    def phone_identity(self) -> Identity | None:
        return self._primary(IdentityKind.PHONE)

    @property
    def reached_by(self) -> Identity | None:
        """What lists show of how to reach them: the primary address, or else number."""
        return self.email_identity or self.phone_identity

    def identity_of(self, kind: IdentityKind, text: str, *, country: str = "") -> Identity:
        """What is known of an address or number that stands elsewhere, e.g. on an order.

        One that is none of theirs here is claimed and no more.
        """
        key = _key_of(kind, text, country)
        of_kind = [one for one in self._known() if one.kind == kind]
        known = (one for one in of_kind if one.key == key or one.value == text)
        return next(known, Identity(kind=kind, value=text, key=key or "", proof=Proof.TYPED))

    def _primary(self, kind: IdentityKind) -> Identity | None:
        known = (one for one in self._known() if one.kind == kind and one.is_primary)
        return next(known, None)

    def _known(self) -> Iterable[Identity]:
        """As they came along with the customer; else one query."""
        # By name, for mypy: the reverse side of a relation stands on no abstract class.
        identities: models.Manager[Identity] = getattr(self, "identities")  # noqa: B009
        return identities.all()

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
            self.lock_contact()
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

        The next one becomes the primary. Raises LastWayIn for the only address of an account,
        Unconfirmed where an account would follow to one that nobody has proved, and AddressTaken
        when another customer's primary address is the one that would follow.
        """
        with transaction.atomic():
            self.lock_contact()
            found = self._own().filter(pk=identity.pk).first()
            if found is None:
                return False
            others = self._own().filter(kind=found.kind).exclude(pk=found.pk).order_by("pk")
            if found.kind == IdentityKind.EMAIL and not others and self._needs_address():
                raise LastWayIn
            if found.is_primary and others:
                self._refuse_unconfirmed(others[0])
            found.delete()
            if found.is_primary and others:
                _save_primary(others[0])
            self._identities_changed(f"{found.kind}_removed", by=by)
            if found.is_primary and found.kind == IdentityKind.EMAIL:
                followers.primary_email_changed([self.pk])
        return True

    def make_primary(self, identity: Identity, *, by: User | Customer | None) -> bool:
        """Write to, and for an account sign in with, this one from now on. False when it is so.

        Raises AddressTaken when it is another customer's primary address, and Unconfirmed when an
        account would move to an address that nobody has proved (accounts/moving.py has it proved).
        """
        with transaction.atomic():
            self.lock_contact()
            found = self._own().filter(pk=identity.pk, is_primary=False).first()
            if found is None:
                return False
            self._refuse_unconfirmed(found)
            self._own().filter(kind=found.kind, is_primary=True).update(is_primary=False)
            _save_primary(found)
            self._identities_changed(f"primary_{found.kind}_changed", by=by)
            if found.kind == IdentityKind.EMAIL:
                followers.primary_email_changed([self.pk])
        return True

    def replace_email(
        self,
        text: str,
        *,
        by: User | Customer | None,
        proof: Proof,
        despite_hold: bool = False,
    ) -> Identity:
        """Write to, and sign in with, this address, and forget the former primary one: whoever has
        lost a mailbox must not be asked for what is mailed there.

        An address that was proved before stays so. Raises BadIdentity, AddressTaken, OnHold.
        """
        fresh = self._email(text, proof)
        with transaction.atomic():
            self._lock_for_replacing(despite_hold=despite_hold)
            known = self._own().emails().filter(key=fresh.key).first() or fresh
            if known.is_primary:
                return known
            self._own().emails().primary().delete()
            if known.proof != Proof.PROVED:
                known.proof = proof
            if known.proof == Proof.PROVED and known.proved_at is None:
                known.proved_at = timezone.now()
            _save_primary(known)
            self._identities_changed("primary_email_replaced", by=by)
            followers.primary_email_changed([self.pk])
        return known

    def _refuse_unconfirmed(self, identity: Identity) -> None:
        is_address = identity.kind == IdentityKind.EMAIL and identity.proof != Proof.PROVED
        if is_address and self._needs_address():
            raise Unconfirmed

    def _lock_for_replacing(self, *, despite_hold: bool) -> None:
        if despite_hold:
            self.lock()
        else:
            self.lock_contact()

    def _own(self) -> IdentityQuerySet:
        return Identity.objects.filter(customer_id=self.pk)

    def _needs_address(self) -> bool:
        return self.row().with_account().exists()

    def _identities_changed(self, what: str, *, by: User | Customer | None) -> None:
        vars(self).pop("_prefetched_objects_cache", None)
        refresh_search([self.pk])
        self.tell(what, by=by)


def _key_of(kind: IdentityKind, text: str, country: str) -> str | None:
    try:
        return email_key(text) if kind == IdentityKind.EMAIL else phone_key(text, country)
    except BadIdentity:
        return None


def _save_primary(identity: Identity, *, is_primary: bool = True) -> None:
    identity.is_primary = is_primary
    try:
        with transaction.atomic():
            identity.save(update_fields=MOVED if identity.pk else None)
    except IntegrityError as error:
        if not broke(error, "primary_email_once"):
            raise
        raise AddressTaken from error
