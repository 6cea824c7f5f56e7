"""Signing somebody out: on one of their devices, or everywhere.

Whoever signs in holds the person until their session is written: none outlives an ending of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.enabling import hold_person
from accounts.ending import end_sessions

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def sign_out_everywhere(user: User, *, by: User | Customer | None, but: str | None = None) -> int:
    """On all devices at once, but the browser with this key in its cookie. How many there were."""
    with transaction.atomic():
        hold_person(user)
        return end_sessions([user], by=by, but=but)


def sign_out_device(user: User, handle: str, *, by: User | Customer | None) -> bool:
    """On the device of that handle. False when it is none of theirs, or signed out already."""
    with transaction.atomic():
        hold_person(user)
        return end_sessions([user], by=by, device=handle) > 0
