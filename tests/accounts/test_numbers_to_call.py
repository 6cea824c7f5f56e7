"""Which stored numbers a call back may go to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.spoken_places import long_known_phones
from customers.models import Customer, Identity, Proof

if TYPE_CHECKING:
    from accounts.models import User


def test_one_that_a_colleague_noted_later_is_not_called(customer: Customer, agent: User) -> None:
    """However long ago: it may have been the caller who had it noted."""
    now = timezone.now()
    Customer.objects.filter(pk=customer.pk).update(created_at=now - timedelta(days=60))
    customer.refresh_from_db()
    noted = customer.add_phone("+49 171 2345678", by=agent)
    Identity.objects.filter(pk=noted.pk).update(added_at=now - timedelta(days=30))
    assert long_known_phones(customer) == []
    Identity.objects.filter(pk=noted.pk).update(proof=Proof.IMPORTED)
    assert long_known_phones(customer) == [noted]
