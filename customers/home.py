"""The customers' cards on Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers.models import Customer, Mention

if TYPE_CHECKING:
    from core.views import DeskRequest

SHOWN = 5


def newest_customers(request: DeskRequest) -> dict[str, Any]:
    newest = Customer.objects.visible_to(request.user).with_contact()
    return {"customers": newest.order_by("-created_at", "-id")[:SHOWN]}


def mentions(request: DeskRequest) -> dict[str, Any] | None:
    """Notes in which colleagues ask for me; no card when nobody does."""
    waiting = list(Mention.objects.unseen_by(request.user).with_notes().order_by("-id")[:20])
    return {"mentions": waiting} if waiting else None
