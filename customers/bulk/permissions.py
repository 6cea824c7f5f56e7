"""Who may change many customers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import can_read, can_write, is_lead
from customers.bulk.stages import Kind

if TYPE_CHECKING:
    from accounts.models import User
    from customers.bulk.models import BulkChange


def can_see_bulk_changes(user: User) -> bool:
    return can_read(user)


def can_change_picked(user: User, kind: Kind) -> bool:
    """Customers ticked one by one: tags are everybody's who edits customers, accounts a lead's."""
    return is_lead(user) if kind == Kind.DISABLE else can_write(user)


def can_change_all_matching(user: User) -> bool:
    """Everybody whom a list holds, thousands at once: leads and owners."""
    return is_lead(user)


def can_steer(user: User, change: BulkChange) -> bool:
    """Cancel, undo or try again: whoever asked for it, and leads.

    Of accounts leads alone, also to take it back: who was a lead once is none for that.
    """
    is_own = change.asked_by_id == user.pk and can_write(user)
    kinds = {change.kind, change.undoes.kind if change.undoes else ""}
    return is_lead(user) or (is_own and Kind.DISABLE not in kinds)
