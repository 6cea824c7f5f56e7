"""Where holds appear: on the customer's page and on Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from accounts.lifting import way_to_lift
from accounts.models import Hold
from accounts.permissions import can_put_on_hold
from customers.masking import mask_people

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer

ON_HOME = 5
PAST_SHOWN = 3


def hold_notice(request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """Above everything else on the customer's page."""
    hold = Hold.of(customer) if customer.is_held else None
    if hold is None:
        return None
    user = cast("User", request.user)
    may_lift = can_put_on_hold(user)
    way = way_to_lift(hold, user) if may_lift else None
    return {"customer": customer, "hold": hold, "way": way, "may_lift": may_lift}


def move_line(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """In the menu More actions, for whoever signs in with an address; also while on hold."""
    return {"customer": customer} if customer.has_account and not customer.is_disabled else None


def hold_line(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """In the menu More actions."""
    return None if customer.is_held else {"customer": customer}


def past_holds(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """The last holds that were lifted: why, by whom, and on what."""
    lifted = Hold.objects.lifted().filter(customer=customer)
    people = ("put_on_by", "asked_to_lift_by", "lifted_by")
    holds = list(lifted.select_related(*people).order_by("-pk")[:PAST_SHOWN])
    return {"holds": holds} if holds else None


def holds_open(request: HttpRequest) -> dict[str, Any] | None:
    """Home: accounts on hold, first those that wait for this very person."""
    user = cast("User", request.user)
    people = ("customer", "put_on_by", "asked_to_lift_by")
    found = Hold.objects.open().confirmable_first(user).select_related(*people)
    shown = list(found.prefetch_related("customer__identities")[: ON_HOME + 1])
    if not shown:
        return None
    count = Hold.objects.open().count() if len(shown) > ON_HOME else len(shown)
    mask_people(user, shown)
    return {"holds": shown[:ON_HOME], "count": count, "user": user}
