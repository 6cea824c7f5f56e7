"""Home: whom somebody should call, because the way back in seems to have gone wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AccountRules, ResetRequest
from customers.masking import mask_people

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from accounts.models.reset_requests import ResetRequestQuerySet

SHOWN = 5


@dataclass(frozen=True)
class Group:
    title: str
    requests: list[ResetRequest]
    has_more: bool


def follow_ups(request: HttpRequest) -> dict[str, Any] | None:
    """None where there is nothing to follow up."""
    found = follow_up_card(request)
    return found if found["groups"] else None


def follow_up_card(request: HttpRequest) -> dict[str, Any]:
    """What customers say does not work, for everybody; who has not signed in since, for whoever
    sent the link; what was asked for at the shop, or sent by somebody who has left, for all."""
    user = cast("User", request.user)
    silent = ResetRequest.objects.silent(AccountRules.current().follow_up_hours)
    ownerless = silent.filter(Q(asked_by=None) | Q(asked_by__deactivated_at__isnull=False))
    groups = [
        _group(_("It does not work, they say"), ResetRequest.objects.reopened(), "reopened_at"),
        _group(_("Not signed in since your link"), silent.filter(asked_by=user), "closed_at"),
        _group(_("Not signed in since, asked for by customers"), ownerless, "closed_at"),
    ]
    _mask(user, [one for group in groups for one in group.requests])
    return {"groups": [group for group in groups if group.requests]}


def _mask(user: User, requests: list[ResetRequest]) -> None:
    """What customers say in their own words may name an address or an order."""
    mask_people(user, requests)
    for one in requests:
        if one.customer.is_masked and hasattr(one, "feedback"):
            one.feedback.words = ""


def _group(title: str, requests: ResetRequestQuerySet, waiting_since: str) -> Group:
    """The oldest first: they have waited longest."""
    people = ("customer", "asked_by", "feedback")
    found = requests.select_related(*people).prefetch_related("customer__identities")
    shown = list(found.order_by(waiting_since, "pk")[: SHOWN + 1])
    return Group(title, shown[:SHOWN], has_more=len(shown) > SHOWN)
