"""Which stored numbers a call back may go to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.spoken_places import long_known_phones
from customers.models import Customer, Identity, Proof

if TYPE_CHECKING:
    from accounts.models import User

CAME, LATER = timedelta(days=60), timedelta(days=30)


@pytest.fixture
def number(customer: Customer, agent: User) -> Identity:
    """Of somebody who came 60 days ago."""
    Customer.objects.filter(pk=customer.pk).update(created_at=timezone.now() - CAME)
    customer.refresh_from_db()
    return customer.add_phone("+49 171 2345678", by=agent)


def known(customer: Customer, number: Identity, *, proof: Proof, ago: timedelta | None) -> bool:
    added_at = ago and timezone.now() - ago
    Identity.objects.filter(pk=number.pk).update(added_at=added_at, proof=proof)
    return long_known_phones(customer) == [number]


@pytest.mark.parametrize("proof", [Proof.STAFF, Proof.IMPORTED, Proof.TYPED])
def test_one_that_came_after_the_customer_is_not_called(
    customer: Customer, number: Identity, proof: Proof
) -> None:
    """However long ago: it may have been the caller who had it noted, or ordered with it."""
    assert not known(customer, number, proof=proof, ago=LATER)
    assert not known(customer, number, proof=proof, ago=CAME - timedelta(days=2))
    assert known(customer, number, proof=proof, ago=CAME)
    assert known(customer, number, proof=proof, ago=None)


def test_one_that_a_call_has_proved_is_called_after_a_week(
    customer: Customer, number: Identity
) -> None:
    assert known(customer, number, proof=Proof.PROVED, ago=LATER)
    assert not known(customer, number, proof=Proof.PROVED, ago=timedelta(days=6))
