"""For whom contact details and orders are masked, and which customers have shown who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import AccountRules, IdentityCheck
from accounts.models.rules import MASKABLE
from accounts.throttling import hit
from core.permissions import role_of
from customers.masking import Rule, mask_by

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def mask_until_known() -> None:
    mask_by(Rule(sees_masked, known, count_look_up))


def sees_masked(user: User) -> bool:
    """Nobody does, until the owner says so; never an owner. Reads the rules unless they came along
    with the user, as they do at the door."""
    role = role_of(user)
    if role not in MASKABLE:
        return False
    roles = user.masked_roles
    return role in (AccountRules.current().masked_roles if roles is None else roles)


def known() -> QuerySet[Any, int]:
    """Whoever has passed an identity check that is still valid, whichever colleague made it."""
    return IdentityCheck.objects.passed().values_list("customer_id", flat=True)


def count_look_up(user: User) -> None:
    """Raises Throttled."""
    hit("masked look-ups of colleague", user.pk)
