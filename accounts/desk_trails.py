"""One link that a customer was sent, and all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import LinkState, ResetRequest
from accounts.permissions import can_send_reset
from accounts.reset_trail import ResetTrail
from core.htmx import render_page
from core.pagination import asked_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.models import Customer
from customers.permissions import can_see_customers

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

LOOKS = {LinkState.OPEN: "info", LinkState.USED: "ok", LinkState.EXPIRED: "warn"}
LISTED = 20


@require_safe
def reset_request_detail(request: DeskRequest, customer_pk: int, pk: int) -> HttpResponse:
    """All staff: what has become of a link, step by step."""
    customer = get_unmasked(request, customer_pk)
    require(can_see_customers(request.user))
    links = ResetRequest.objects.filter(customer=customer).select_related("asked_by")
    found = get_object_or_404(links.select_related("settled_by"), pk=pk)
    found.customer = customer  # whose addresses came along
    page, trail = asked_page(request, links, ("-id",), size=LISTED), ResetTrail(found)
    context = {
        "page_title": found.get_purpose_display(),
        "customer": customer,
        "trail": trail,
        "look": look_of(found),
        "page": page,
        "links": [(link, look_of(link)) for link in page.rows],
        "may_send_again": _may_send_again(request, customer, trail),
        "may_settle": can_send_reset(request.user) and found.is_watched,
    }
    return render_page(request, "accounts/reset_request.html", context)


def _may_send_again(request: DeskRequest, customer: Customer, trail: ResetTrail) -> bool:
    can = can_send_reset(request.user) and not customer.is_barred
    return can and trail.can_send_again


def look_of(link: ResetRequest) -> str:
    return LOOKS.get(link.state, "plain")
