"""Who may do what with customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.permissions import can_read, can_write, is_lead
from customers.masking import sees_masked

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Note


def can_see_customers(user: User) -> bool:
    return can_read(user)


def can_edit_customers(user: User) -> bool:
    """Names, addresses, tags, consents, notes."""
    return can_write(user)


def can_disable_customers(user: User) -> bool:
    return can_write(user)


def can_write_to_customers(user: User) -> bool:
    return can_write(user)


def can_export_customers(user: User) -> bool:
    """All of them in one file: leads and owners who see everything."""
    return is_lead(user) and not sees_masked(user)


def can_see_duplicates(user: User) -> bool:
    """They are alike in addresses and numbers."""
    return can_read(user) and not sees_masked(user)


def can_delete_note(user: User, note: Note) -> bool:
    """One's own; a lead any."""
    return note.deleted_at is None and (
        (note.author_id == user.pk and can_write(user)) or is_lead(user)
    )
