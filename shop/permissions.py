"""Who may do what with the shop's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import is_lead

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def can_change_shop(user: User | AnonymousUser) -> bool:
    """Owners and leads; everybody else at the desk may read."""
    return is_lead(user)
