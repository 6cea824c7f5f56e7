"""Signing somebody out everywhere, and saying so where staff look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models.sessions import Session
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def end_sessions(user: User, *, by: User | Customer | None = None, but: str | None = None) -> int:
    """End the person's sessions at once; `but` is the key of one to keep. How many were alive.

    Runs inside the verb's transaction. Where nobody was signed in there is nothing to tell.
    """
    theirs = Session.objects.of(user)
    alive = theirs.filter(expire_date__gt=timezone.now()).exclude(session_key=but or "").count()
    theirs.end(but=but)
    if alive:
        about = [user, user.customer] if user.customer else [user]
        record("user.sessions_ended", user, by=by, about=about, count=alive)
    return alive
