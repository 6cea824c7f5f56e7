"""Which customer stands behind an address, and whether a link may go to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models.late_addresses import lacks_check
from accounts.models.links import LinkRefused, LinkState
from customers.models import Customer, Identity

if TYPE_CHECKING:
    from accounts.models.registrations import Registration
    from accounts.models.reset_requests import ResetRequest


class CustomerBarred(Exception):
    """The customer may not sign in; a link would open nothing. `held`: because of a hold."""

    def __init__(self, *, held: bool = False) -> None:
        super().__init__(held)
        self.held = held


class NoAddress(Exception):
    """The customer has no e-mail address to send a link to."""


def customer_with(address: str) -> Customer | None:
    """The customer whose primary address this is."""
    identity = Identity.objects.emails().primary().filter(key=address).select_related("customer")
    found = identity.first()
    return found.customer if found else None


def address_for_link(customer: Customer) -> str:
    """Where a link may go. Raises CustomerBarred or NoAddress."""
    if customer.is_barred:
        raise CustomerBarred(held=not customer.is_disabled)
    to = primary_key_of(customer)
    if not to:
        raise NoAddress
    return to


def hold_customer(customer: Customer, *, of: ResetRequest | Registration) -> Customer:
    """The customer as they are now, held until the transaction ends. Raises LinkRefused.

    They were found before their row was held: one who has been barred since is refused, one whose
    primary address is no longer the one that the link went to, and one whom the link would give
    an account to without a check that was needed when it was sent.
    """
    customer.lock()
    held = Customer.objects.get(pk=customer.pk)
    is_elsewhere = primary_key_of(held) != of.to
    if held.is_barred or is_elsewhere or lacks_check(held, at=of.started_at):
        raise LinkRefused(LinkState.WITHDRAWN if of.is_open else of.state)
    return held


def primary_key_of(customer: Customer) -> str:
    """The address as accounts compare it; "" without one."""
    identities = Identity.objects.emails().primary().filter(customer=customer)
    return identities.values_list("key", flat=True).first() or ""
