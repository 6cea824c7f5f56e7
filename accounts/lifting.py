"""What a member of staff can do about a hold, as things are: the one rule behind its pages."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.models import AccountRules, IdentityCheck
from accounts.models.newcomers import came_in_since
from accounts.permissions import can_lift_alone, can_lift_unchecked

if TYPE_CHECKING:
    from accounts.models import Hold, User


class Way(StrEnum):
    """The next step towards lifting a hold, for one person."""

    CHECK = "check"  # first somebody has to find out who is asking
    OWN_WORD = "own_word"  # nobody has, and an owner says why it need not be
    ASK = "ask"  # a colleague has to agree
    OTHERS = "others"  # two have to agree who were here before the hold
    WAIT = "wait"  # this person has asked; a colleague has to confirm
    LIFT = "lift"


def way_to_lift(hold: Hold, user: User) -> Way:
    """Of an open hold; three queries at most."""
    check = IdentityCheck.valid(hold.customer, since=hold.put_on_at)
    if check is None:
        return Way.OWN_WORD if can_lift_unchecked(user) else Way.CHECK
    if hold.was_asked_by_another(user, check) or can_lift_alone(user, AccountRules.current()):
        return Way.LIFT
    if hold.has_asked(user, check):
        return Way.WAIT
    return Way.OTHERS if came_in_since(user, hold.put_on_at) else Way.ASK
