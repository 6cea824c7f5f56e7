"""Who may bring in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import is_lead

if TYPE_CHECKING:
    from accounts.models import User


def can_import(user: User) -> bool:
    """Thousands of rows at once: leads and owners."""
    return is_lead(user)
