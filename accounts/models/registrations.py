"""Asks from strangers: "I forgot my password", "I want an account"."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.addressees import CustomerBarred, NoAddress, customer_with, hold_customer
from accounts.models.holds import CheckNeeded
from accounts.models.link_policy import Answer, answer_to, reset_lasts
from accounts.models.links import ONE_OPEN, LinkRefused, LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.mail_budgets import MailBudget, NotYet, Share
from accounts.models.users import User, normal_email
from customers.models import AddressTaken, Customer, Proof
from events.log import record

if TYPE_CHECKING:
    from accounts.models.reset_requests import ResetRequest


class AskPurpose(models.TextChoices):
    RECOVER = "recover", _("Recover")
    REGISTER = "register", _("Register")
    STAFF = "staff", _("Staff")


class RecoveryAsk(models.Model):
    """What a stranger asked for. The page writes this row for known and unknown addresses alike.

    Whether anything comes of it is decided by a worker, out of the stranger's sight and time.
    """

    purpose = models.CharField(max_length=8, choices=AskPurpose.choices)
    address = models.CharField(max_length=254, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Read by the clean-up of asks that were never answered.
            models.Index(fields=["asked_at"], name="recovery_ask_by_time"),
        ]

    @classmethod
    def ask(cls, purpose: AskPurpose, address: str, **typed: str) -> RecoveryAsk:
        """Write the ask down; one row and one event, whoever asks for whomever."""
        with transaction.atomic():
            ask = cls.objects.create(purpose=purpose, address=normal_email(address), **typed)
            record("recovery.asked", ask, purpose=purpose.value)
        return ask

    def answer(self) -> None:
        """Send what is due, or nothing, and forget who asked. Bears a repeat."""
        with transaction.atomic():
            found = (
                RecoveryAsk.objects.select_for_update().filter(pk=self.pk, answered_at=None).first()
            )
            if found is None:
                return
            found._send()
            RecoveryAsk.objects.filter(pk=self.pk).update(
                answered_at=timezone.now(), address="", first_name="", last_name=""
            )

    def _send(self) -> None:
        if self.purpose == AskPurpose.STAFF:
            self._send_to_staff()
            return
        customer = customer_with(self.address)
        if customer:
            _start_quietly(customer)
        elif self.purpose == AskPurpose.REGISTER:
            with suppress(NotYet):  # asked too often, which the stranger does not learn
                Registration.start(self)

    def _send_to_staff(self) -> None:
        from accounts.models.staff_links import StaffLink

        user = User.objects.staff().active().with_email(self.address).first()
        if user:
            # Left this very moment, or asked too often: the stranger does not learn of it.
            with suppress(LinkRefused, NotYet):
                StaffLink.start(user, by=None)


class RegistrationQuerySet(SecretLinkQuerySet["Registration"]):
    """Links of people nobody knows yet."""


class Registration(SecretLink):
    """A link to an address nobody knows yet; the customer is made when it is redeemed."""

    to = models.CharField(max_length=254, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=20)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["to"], condition=ONE_OPEN, name="one_unclosed_registration"
            ),
        ]
        indexes = [
            # Read each minute by the clean-up of addresses that have had their time.
            models.Index(fields=["expires_at"], name="registration_by_expiry"),
        ]

    @classmethod
    def start(cls, ask: RecoveryAsk) -> Registration:
        """Have a link mailed (accounts/models/link_policy.py). Raises NotYet."""
        with transaction.atomic():
            hold_address(ask.address)
            standing = cls.objects.unclosed().filter(to=ask.address).first()
            answer = answer_to(standing, from_outside=True)
            if standing is not None and answer is Answer.NOTHING_MORE:
                return standing
            refusal = MailBudget.spend(ask.address, Share.SHOP)
            if refusal is not None:
                raise refusal
            if standing is None or answer is Answer.NEW:
                cls.objects.filter(to=ask.address).close(LinkState.REPLACED)
                return cls._begin(ask)
            record("registration.asked_again", standing)
            return standing

    @classmethod
    def _begin(cls, ask: RecoveryAsk) -> Registration:
        now = timezone.now()
        registration = cls.objects.create(
            to=ask.address,
            first_name=ask.first_name,
            last_name=ask.last_name,
            language=ask.language,
            started_at=now,
            expires_at=now + reset_lasts(),
        )
        record("registration.started", registration)
        return registration

    def signed_fields(self) -> list[str]:
        return [self.to]

    def redeem(self, password: str, *, first_name: str = "", last_name: str = "") -> User:
        """Make the customer, or take the one that appeared meanwhile. Raises LinkRefused."""
        from accounts.enabling import enable_account

        hashed = make_password(password)
        with transaction.atomic():
            # First the customer, then the link, as everywhere: the other way round is a deadlock.
            found = self._find_or_create_customer(first_name, last_name)
            customer = hold_customer(found, of=self)
            self.take(LinkState.USED)
            user = enable_account(customer, self.to, hashed)
            record("registration.redeemed", self, by=customer, about=[customer])
            self._forget_who()
        return user

    def _find_or_create_customer(self, first_name: str, last_name: str) -> Customer:
        """Staff may have entered the person meanwhile."""
        known = customer_with(self.to)
        if known:
            return known
        names = {"first_name": first_name, "last_name": last_name}
        try:
            return Customer.create(
                by=None, email=self.to, proof=Proof.TYPED, language=self.language[:2], **names
            )
        except AddressTaken:
            return customer_with(self.to)  # type: ignore[return-value]  # taken this very moment

    def _forget_who(self) -> None:
        """A used row keeps its times and, for "send me a new link", the address."""
        Registration.objects.filter(pk=self.pk).update(first_name="", last_name="")


def hold_address(address: str) -> None:
    """Two asks for one unknown address have no row to lock; they queue up here instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ask {address}"])


def _start_quietly(customer: Customer) -> ResetRequest | None:
    """The stranger learns nothing of customers who are barred, or whose address is in doubt; staff
    see that they tried."""
    from accounts.models.reset_requests import ResetRequest

    try:
        return ResetRequest.start(customer, by=None)
    except CustomerBarred as barred:
        record("recovery.refused", customer, by=customer, about=[customer], held=barred.held)
    except CheckNeeded:
        record("recovery.refused", customer, by=customer, about=[customer], in_doubt=True)
    except (NoAddress, NotYet):  # it has moved since the ask was read, or was asked too often
        pass
    return None
