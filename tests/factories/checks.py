"""Identity checks that have passed, until there is more than one way to pass one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import IdentityCheck

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


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
