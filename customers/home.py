"""The customers' cards on Home."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from customers.bulk.models import BulkChange
from customers.bulk.permissions import can_steer
from customers.bulk.words import title_of
from customers.duplicates.searching import DuplicateSearch
from customers.masking import all_as_seen_by, mask_people
from customers.models import Customer, Import, Mention

if TYPE_CHECKING:
    from core.views import DeskRequest

SHOWN = 5
# What nobody has tried again by then, nobody wants any more.
STOPPED_DAYS = 30


def newest_customers(request: DeskRequest) -> dict[str, Any]:
    newest = Customer.objects.visible_to(request.user).with_contact()
    shown = list(newest.order_by("-created_at", "-id")[:SHOWN])
    return {"customers": all_as_seen_by(request.user, shown)}


def mentions(request: DeskRequest) -> dict[str, Any] | None:
    """Notes in which colleagues ask for me; no card when nobody does."""
    waiting = list(Mention.objects.unseen_by(request.user).with_notes().order_by("-id")[:20])
    mask_people(request.user, [one.note for one in waiting])
    return {"mentions": waiting} if waiting else None


def stopped_imports(request: DeskRequest) -> dict[str, Any] | None:  # noqa: ARG001 -- a card's shape
    """Imports that could not go on and wait for a person; no card when there are none."""
    lately = timezone.now() - timedelta(days=STOPPED_DAYS)
    stopped = Import.objects.broken().filter(failed_at__gte=lately).select_related("file")
    return {"imports": found} if (found := list(stopped.newest_first()[:SHOWN])) else None


def stopped_bulk_changes(request: DeskRequest) -> dict[str, Any] | None:
    """Bulk changes that stopped and that one may try again; no card when there are none."""
    lately = timezone.now() - timedelta(days=STOPPED_DAYS)
    stopped = BulkChange.objects.stopped().filter(failed_at__gte=lately).with_words()
    found = [one for one in stopped.order_by("-failed_at", "-id") if can_steer(request.user, one)]
    return {"changes": [(one, title_of(one)) for one in found[:SHOWN]]} if found else None


def stopped_comparison(request: DeskRequest) -> dict[str, Any] | None:  # noqa: ARG001 -- a card's shape
    """The comparison of all customers, if the last one stopped; no card otherwise."""
    lately = timezone.now() - timedelta(days=STOPPED_DAYS)
    stopped = DuplicateSearch.objects.at_rest().filter(failed_at__gte=lately)
    return {"search": one} if (one := stopped.first()) else None
