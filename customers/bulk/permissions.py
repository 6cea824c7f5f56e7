"""Who may change many customers at once. For whom they tick, each kind says so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import can_read, can_write, is_lead
from customers.bulk.kinds import kind_of
from customers.masking import sees_masked

if TYPE_CHECKING:
    from accounts.models import User
    from customers.bulk.models import BulkChange


def can_see_bulk_changes(user: User) -> bool:
    """Their pages list many customers, and what was done to whom."""
    return can_read(user) and not sees_masked(user)


def can_change_all_matching(user: User) -> bool:
    """Everybody whom a list holds, thousands at once: leads and owners."""
    return is_lead(user) and not sees_masked(user)


def can_take_results(user: User) -> bool:
    """Who was changed and who was not, as a file: as the customers' list is taken."""
    return is_lead(user) and not sees_masked(user)


def can_steer(user: User, change: BulkChange) -> bool:
    """Start, pause, cancel, undo or try again: whoever asked for it, and leads.

    Who may no longer ask for such a change, as of accounts, does not take it back either.
    """
    is_own = change.asked_by_id == user.pk and can_write(user)
    return is_lead(user) or (is_own and kind_of(change).may(user))
