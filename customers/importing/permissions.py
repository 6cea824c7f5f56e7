"""Who may bring in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import is_lead
from customers.masking import sees_masked

if TYPE_CHECKING:
    from accounts.models import User


def can_import(user: User) -> bool:
    """Thousands of rows at once: leads and owners who see everything."""
    return is_lead(user) and not sees_masked(user)
