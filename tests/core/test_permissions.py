"""Roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.permissions import can_read, can_write, is_lead, is_owner, require, role_of

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
NOTHING = (False, False, False, False)


def rights(user: object) -> tuple[bool, ...]:
    return tuple(rule(user) for rule in (is_owner, is_lead, can_write, can_read))


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("owner", (True, True, True, True)),
        ("lead", (False, True, True, True)),
        ("agent", (False, False, True, True)),
        ("reader", (False, False, False, True)),
    ],
)
def test_each_role_includes_the_ones_below(
    cast: dict[str, User], who: str, allowed: tuple[bool, ...]
) -> None:
    assert rights(cast[who]) == allowed


def test_nobody_customers_and_those_who_left_have_no_role(owner: User, customer: Customer) -> None:
    owner.deactivated_at = timezone.now()
    assert rights(AnonymousUser()) == rights(owner) == rights(customer.user) == NOTHING
    assert role_of(owner) == ""


def test_what_is_not_allowed_is_refused() -> None:
    require(True)
    with pytest.raises(PermissionDenied):
        require(False)
