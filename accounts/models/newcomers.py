"""Who does not count as a second colleague: somebody who came in, or was let in, too lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models.links import LinkState
from core.permissions import is_owner
from events.models import Event, label_of

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models.users import User

LET_IN = ["user.invited", "user.reactivated", "user.role_changed", "user.second_factor_removed"]


def came_in_since(user: User, since: datetime) -> bool:
    """Joined, came back, or got a role, a password by a link or one factor less: one query.

    Whoever wants to be two colleagues at once brings the second one along by one of these. Only
    owners make owners, and a shop of one has nobody else: they count all the same.
    """
    if is_owner(user):
        return False
    mine = Event.objects.filter(subject_type=label_of(user), subject_id=user.pk, at__gte=since)
    # Whoever chose it: a link that nobody used let nobody in.
    links = user.staff_links.filter(ending=LinkState.USED, closed_at__gte=since)
    return mine.filter(name__in=LET_IN).values("pk").union(links.values("pk")).exists()
