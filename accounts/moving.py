"""A customer who has lost their mailbox: after an identity check the account moves to another one.

One link does it all. It goes to the new address, proves it, moves the account there and lets the
customer choose a password; the former mailbox gets a notice with a way back (AddressUndo). It may
be done while the account is on hold, and best before the hold is lifted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.enabling import enable_account
from accounts.models import (
    CheckNeeded,
    CustomerBarred,
    Hold,
    IdentityCheck,
    LinkRefused,
    LinkState,
    MailBudget,
    Purpose,
    ResetRequest,
    Share,
)
from accounts.models.addressees import primary_key_of
from accounts.voiding import resting_on_a_check
from customers.models import AccountState, AddressTaken, Customer, Identity, Proof, email_key
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User


class NoAccount(Exception):
    """Nobody signs in as this customer: their address is simply changed."""


class SameAddress(Exception):
    """The customer signs in with this address already."""


class AddressOf(AddressTaken):
    """Another customer's primary address."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer.pk)
        self.customer = customer


def check_for(customer: Customer) -> IdentityCheck | None:
    """The passed check that a move can rest on: one move, and not older than the hold, if any."""
    hold = Hold.of(customer) if customer.is_held else None
    check = IdentityCheck.valid(customer, since=hold.put_on_at if hold else None)
    if check is None or check.passed_at is None:
        return None
    moves = customer.reset_requests.filter(purpose=Purpose.MOVE, ending=LinkState.USED)
    return None if moves.filter(closed_at__gte=check.passed_at).exists() else check


def start_move(customer: Customer, address: str, *, by: User) -> ResetRequest:
    """Mail a link to the address that is to be the customer's; until it is used nothing moves.

    Raises BadIdentity, NoAccount, CustomerBarred when disabled, SameAddress, AddressOf,
    CheckNeeded, or NotYet: then nothing has changed.
    """
    to = email_key(address)
    with transaction.atomic():
        customer.lock()
        customer = Customer.objects.get(pk=customer.pk)
        _refuse_what_cannot_be(customer, to)
        refusal = MailBudget.spend(to, Share.DESK)
        if refusal is None:
            return ResetRequest.begin(customer, to, by=by, purpose=Purpose.MOVE)
    raise refusal


def _refuse_what_cannot_be(customer: Customer, to: str) -> None:
    if customer.account_state != AccountState.ENABLED:
        raise NoAccount
    if customer.is_disabled:
        raise CustomerBarred
    if check_for(customer) is None:
        raise CheckNeeded
    if primary_key_of(customer) == to:
        raise SameAddress
    primary = Identity.objects.emails().primary().filter(key=to).select_related("customer")
    if other := primary.first():
        raise AddressOf(other.customer)


def redeem_move(move: ResetRequest, password: str) -> User:
    """Move the account to the link's address, with this password. Whoever is signed in has to
    come in anew, and a hold stays.

    Raises LinkRefused, and AddressTaken where the address became another customer's meanwhile:
    then the link is as good as before.
    """
    hashed = make_password(password)  # slow on purpose, and so done before any lock
    with transaction.atomic():
        move.customer.lock()
        customer = Customer.objects.get(pk=move.customer_id)
        if customer.is_disabled:
            raise LinkRefused(LinkState.WITHDRAWN if move.is_open else move.state)
        move.take(LinkState.USED)
        with resting_on_a_check():
            customer.replace_email(move.to, by=customer, proof=Proof.PROVED, despite_hold=True)
        user = enable_account(customer, move.to, hashed)
        purpose = move.purpose
        record("reset_request.redeemed", move, by=customer, about=[customer], purpose=purpose)
    return user
