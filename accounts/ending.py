"""Signing people out everywhere, and saying so where staff look for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Count

from accounts.models.sessions import Session
from events.log import Happened, record_many

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


def end_sessions(
    users: Iterable[User],
    *,
    by: User | Customer | None = None,
    but: str | None = None,
    device: str = "",
) -> int:
    """End the people's sessions at once, but the one with this key in its cookie, or only that of
    this handle. How many lived.

    Runs inside the verb's transaction; as many statements for thousands as for one. Of whoever
    was signed in nowhere there is nothing to tell. Users come with their customers.
    """
    people = {user.pk: user for user in users}
    theirs = Session.objects.filter(user__in=people).but(but)
    theirs = theirs.with_handle(device) if device else theirs
    alive = theirs.alive()
    counts = dict(alive.order_by().values_list("user").annotate(Count("session_key")))
    theirs.end()
    record_many(
        "user.sessions_ended",
        [
            Happened(user, _with_customer(user), plain={"count": counts[pk]})
            for pk, user in people.items()
            if pk in counts
        ],
        by=by,
    )
    return sum(counts.values())


def _with_customer(user: User) -> list[User | Customer]:
    return [user, user.customer] if user.customer else [user]
