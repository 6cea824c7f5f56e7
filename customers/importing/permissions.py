"""Who may bring in customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import is_lead

if TYPE_CHECKING:
    from accounts.models import User


def can_import_customers(user: User) -> bool:
    """Thousands of customers at once: leads and owners."""
    return is_lead(user)
