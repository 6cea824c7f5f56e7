"""Who sees how the desk is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import is_lead
from customers.masking import sees_masked

if TYPE_CHECKING:
    from accounts.models import User


def can_see_health(user: User) -> bool:
    """Leads and owners who see everything: mails that failed name addresses."""
    return is_lead(user) and not sees_masked(user)
