"""Identity checks: one that has passed, and customers of whom there is something to ask."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import IdentityCheck
from accounts.proofs import ProofKind, proof_named
from customers.models import Identity, Proof
from tests.factories.orders import place

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

LONG_AGO = timedelta(days=8)
PHONE = "+49 40 555012"
OTHER_MAILBOX = "jana@zweit.example"
# What whoever knows the customer well types, and what nobody would.
RIGHT: dict[str, dict[str, Any]] = {
    "order_number_and_postal_code": {"number": "#1001", "postal_code": "20259"},
    "last_order": {"amount": "49,90", "day": ""},
    "shipping_address": {
        "street": "Eppendorfer Weg 12", "postal_code": "20259", "city": "Hamburg",
    },
    "stored_phone": {"phone": "040 555012"},
}  # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "order_number_and_postal_code": {"number": "1002", "postal_code": "20259"},
    "last_order": {"amount": "50", "day": ""},
    "shipping_address": {**RIGHT["shipping_address"], "street": "Eppendorfer Weg 13"},
    "stored_phone": {"phone": "040 555013"},
}


def passed_check(
    customer: Customer, *, by: User, minutes_ago: int = 0, lasts: int = 60
) -> IdentityCheck:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return IdentityCheck.objects.create(
        customer=customer,
        started_by=by,
        started_at=at,
        points=100,
        passed_at=at,
        valid_until=at + timedelta(minutes=lasts),
    )


def known_for_long(customer: Customer) -> Customer:
    """With an order, a phone and another mailbox, all of them for more than a week."""
    place(customer, number=1001, external_id=f"of {customer.pk}", total=Decimal("49.90"))
    customer.add_phone(PHONE, by=None)
    other = customer.add_email(OTHER_MAILBOX, by=None, proof=Proof.PROVED)
    before = timezone.now() - LONG_AGO
    Identity.objects.filter(customer=customer).update(added_at=before)
    Identity.objects.filter(pk=other.pk).update(proved_at=before)
    return customer


def kind(name: str) -> ProofKind:
    found = proof_named(name)
    assert found is not None, name
    return found


def match(check: IdentityCheck, name: str, *, by: User) -> bool:
    return check.try_proof(kind(name), RIGHT[name], by=by)


def miss(check: IdentityCheck, name: str, *, by: User) -> bool:
    return check.try_proof(kind(name), WRONG[name], by=by)
