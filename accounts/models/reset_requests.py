"""A customer's way back in: one mailed link to choose a password, sent by staff or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.links import ONE_OPEN, LinkRefused, LinkState, SecretLink, SecretLinkQuerySet
from customers.models import AccountState, Customer, Identity
from events.log import record
from notifications.models import Mail

if TYPE_CHECKING:
    from accounts.models.users import User


class Purpose(models.TextChoices):
    RESET = "reset", _("Password reset")
    INVITE = "invite", _("Account invite")


class CustomerDisabled(Exception):
    """Staff have disabled this customer; a link would open nothing."""


class NoAddress(Exception):
    """The customer has no e-mail address to send a link to."""


class ResetRequestQuerySet(SecretLinkQuerySet):
    def of_customers(self, customer_ids: Sequence[int]) -> Self:
        return self.filter(customer__in=customer_ids)


class ResetRequest(SecretLink):
    """One link for one customer. A customer with no account yet is invited by the same verb."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="reset_requests")
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    to = models.EmailField(max_length=254)
    # Null: the customer asked at the storefront.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects: ClassVar[Any] = ResetRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=ONE_OPEN, name="one_unclosed_reset_request"
            ),
        ]
        indexes = [
            # Read by the customer's page: the newest request, and those of 30 days.
            models.Index(fields=["customer", "-id"], name="reset_request_of_customer"),
            # Read by Home and by the list's tab: what is pending.
            models.Index(fields=["expires_at"], name="reset_request_unclosed", condition=ONE_OPEN),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"

    @classmethod
    def start(cls, customer: Customer, *, by: User | None) -> ResetRequest:
        """Have a link mailed; `by` is None for the customer's own ask.

        Decides between reset and invite. A second click answers with the request of the first.
        Whoever asks at the storefront never replaces a link that staff have sent: the same link
        is mailed again. Raises CustomerDisabled or NoAddress.
        """
        with transaction.atomic():
            customer.lock()
            customer = Customer.objects.get(pk=customer.pk)
            to = address_for_link(customer)
            standing: ResetRequest | None = cls.objects.unclosed().filter(customer=customer).first()
            if standing and standing.still_serves():
                return standing
            if standing and by is None and standing.asked_by_id and standing.is_open:
                record("reset_request.asked_again", standing, by=customer, about=[customer])
                return standing
            cls.objects.filter(customer=customer).close(LinkState.REPLACED)
            return cls._begin(customer, to, by=by)

    @classmethod
    def _begin(cls, customer: Customer, to: str, *, by: User | None) -> ResetRequest:
        is_reset = customer.account_state == AccountState.ENABLED
        purpose = Purpose.RESET if is_reset else Purpose.INVITE
        now = timezone.now()
        request: ResetRequest = cls.objects.create(
            customer=customer,
            purpose=purpose,
            to=to,
            asked_by=by,
            started_at=now,
            expires_at=now + lifetime_of(purpose),
        )
        plain: dict[str, Any] = {"purpose": purpose.value}
        if purpose == Purpose.INVITE:
            plain["again"] = not customer.account_invited(by=by)
        record("reset_request.started", request, by=by or customer, about=[customer], **plain)
        return request

    def still_serves(self) -> bool:
        """A double click, or a click while the mail waits, needs no second link."""
        now = timezone.now()
        if self.expires_at - now < lifetime_of(Purpose(self.purpose)) / 2:
            return False
        is_young = self.started_at > now - timedelta(seconds=settings.RESET_REPEAT_SECONDS)
        mail = Mail.objects.about(self).first()
        return is_young or (mail is not None and mail.state == "waiting")

    def signed_fields(self) -> list[str]:
        return [self.purpose, self.to]

    def open_link(self) -> None:
        """Note that the link was followed; the first time leaves an event."""
        with transaction.atomic():
            if self.mark_opened():
                record("reset_request.opened", self, about=[self.customer])

    def redeem(self, password: str) -> User:
        """Set the password, prove the address, end every other session. Raises LinkRefused.

        The password has been checked by the form: one that is refused there uses up nothing.
        """
        from accounts.enabling import enable_account

        hashed = make_password(password)  # slow on purpose, and so done before any lock
        with transaction.atomic():
            customer = self._lock_customer()
            self.take(LinkState.USED)
            user = enable_account(customer, self.to, hashed)
            record(
                "reset_request.redeemed",
                self,
                by=customer,
                about=[customer],
                purpose=self.purpose,
            )
        return user

    def decline(self) -> None:
        """The customer does not want an account. Raises LinkRefused."""
        with transaction.atomic():
            customer = self._lock_customer()
            self.take(LinkState.DECLINED)
            customer.account_declined(by=customer)
            record("reset_request.declined", self, by=customer, about=[customer])

    def withdraw(self, *, by: User | None) -> None:
        """Make the link worthless. Raises LinkRefused when it is closed or expired already."""
        with transaction.atomic():
            self.customer.lock()
            self.take(LinkState.WITHDRAWN)
            record("reset_request.withdrawn", self, by=by, about=[self.customer])

    def _lock_customer(self) -> Customer:
        """The customer as they are now; a disabled one, or one with a new address, is refused."""
        self.customer.lock()
        customer = Customer.objects.get(pk=self.customer_id)
        if customer.is_disabled or primary_key_of(customer) != self.to:
            raise LinkRefused(LinkState.WITHDRAWN if self.is_open else self.state)
        return customer


def lifetime_of(purpose: Purpose) -> timedelta:
    if purpose == Purpose.RESET:
        return timedelta(minutes=settings.RESET_LINK_MINUTES)
    return timedelta(days=settings.INVITE_LINK_DAYS)


def address_for_link(customer: Customer) -> str:
    """Where a link may go. Raises CustomerDisabled or NoAddress."""
    if customer.is_disabled:
        raise CustomerDisabled
    to = primary_key_of(customer)
    if not to:
        raise NoAddress
    return to


def primary_key_of(customer: Customer) -> str:
    """The address as accounts compare it; "" without one."""
    identities = Identity.objects.emails().primary().filter(customer=customer)
    return identities.values_list("key", flat=True).first() or ""
