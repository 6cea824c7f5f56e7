"""Staff pages of the queue: what was given up, and another round for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.htmx import redirect_page, render_page
from core.pagination import asked_page
from core.permissions import can_read, is_lead, require
from events.models import Delivery
from events.second_looks import dismiss, try_again
from events.waiting import queue_health

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.views import DeskRequest

NEWEST_FIRST = ("-given_up_at", "-id")
ON_HOME = 5


def queue_card(request: HttpRequest) -> dict[str, Any]:
    """Home's card: how the queue is doing, and the newest of what was given up."""
    given_up = Delivery.objects.needing_a_look()
    return {
        "health": queue_health(Delivery.objects.open(), "event__at", given_up),
        "deliveries": given_up.select_related("event").order_by(*NEWEST_FIRST)[:ON_HOME],
        "can_try_again": is_lead(request.user),
    }


@require_safe
def delivery_list(request: DeskRequest) -> HttpResponse:
    """All staff: every delivery that was given up and waits for a person."""
    require(can_read(request.user))
    rows = Delivery.objects.needing_a_look().select_related("event")
    context = {
        "page_title": _("Given up"),
        "page": asked_page(request, rows, NEWEST_FIRST),
        "can_try_again": is_lead(request.user),
    }
    return render_page(request, "events/deliveries.html", context)


@require_POST
def delivery_attempts(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads and owners: another round of tries for a delivery that was given up."""
    require(is_lead(request.user))
    delivery = get_object_or_404(Delivery, pk=pk)
    try_again(delivery, by=request.user)
    messages.success(request, _("It is being tried again."))
    return _answer(request)


@require_POST
def delivery_dismissal(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads and owners: a delivery that was given up may rest."""
    require(is_lead(request.user))
    dismiss(get_object_or_404(Delivery, pk=pk), by=request.user)
    return _answer(request)


def _answer(request: DeskRequest) -> HttpResponse:
    if request.htmx:
        page = "events/deliveries.html"
        return render_page(request, page, queue_card(request), partial="queue_card")
    return redirect_page(request, "delivery_list")
