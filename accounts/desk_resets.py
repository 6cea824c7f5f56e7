"""Sending a customer a link, from their page, the list's row menu and Ctrl K."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from accounts.models import CustomerBarred, LinkRefused, NoAddress, Purpose, ResetRequest
from accounts.panels import reset_panel
from accounts.permissions import can_send_reset
from accounts.reset_trail import ResetTrail
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.models import Customer
from customers.permissions import can_see_customers

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from core.views import DeskRequest

PAGE = "accounts/reset_page.html"


@require_http_methods(["GET", "HEAD", "POST"])
def reset_requests(request: DeskRequest, pk: int) -> HttpResponse:
    """GET: the panel, for the page that asks while the mail leaves. POST: send a link."""
    customers = Customer.objects.visible_to(request.user).prefetch_related("identities")
    customer = get_object_or_404(customers, pk=pk)
    if request.method != "POST":
        require(can_see_customers(request.user))
        return _panel(request, customer)
    require(can_send_reset(request.user))
    clicked_at = timezone.now()
    try:
        sent = ResetRequest.start(customer, by=request.user)
    except CustomerBarred as barred:
        return _refused(request, customer, _why_barred(barred))
    except NoAddress:
        return _refused(
            request,
            customer,
            gettext("There is no e-mail address to send a link to. Add one first."),
        )
    return _sent(request, customer, sent, clicked_at=clicked_at)


def _why_barred(barred: CustomerBarred) -> str:
    if barred.held:
        return gettext("This customer is on hold: no link is sent until the hold is lifted.")
    return gettext("This customer is disabled. Enable the account first.")


def _sent(
    request: DeskRequest, customer: Customer, sent: ResetRequest, *, clicked_at: datetime
) -> HttpResponse:
    """The panel says it; whoever comes from the list or Ctrl K is led there with a message."""
    if sent.started_at < clicked_at and ResetTrail(sent).situation != "sending":
        messages.warning(request, _just_sent(sent))
    elif not _wants_panel(request):
        text = gettext("A password reset is on its way to %(to)s.")
        if sent.purpose == Purpose.INVITE:
            text = gettext("An account invite is on its way to %(to)s.")
        messages.success(request, text % {"to": sent.to})
    return _panel(request, customer)


def _just_sent(sent: ResetRequest) -> str:
    """The click came within the pause of a double click, and nothing was sent for it."""
    seconds = max(1, sent.again_in_seconds)
    text = ngettext(
        "A link to %(to)s was sent just now. It can be sent again in %(seconds)d second.",
        "A link to %(to)s was sent just now. It can be sent again in %(seconds)d seconds.",
        seconds,
    )
    return text % {"to": sent.to, "seconds": seconds}


@require_POST
def withdrawal(request: DeskRequest, customer_pk: int, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_pk)
    require(can_send_reset(request.user))
    found = get_object_or_404(ResetRequest, pk=pk, customer=customer)
    try:
        found.withdraw(by=request.user)
    except LinkRefused:
        messages.warning(request, gettext("The link was no longer open."))
    else:
        messages.success(request, gettext("The link is withdrawn."))
    return _panel(request, customer)


def _refused(request: DeskRequest, customer: Customer, problem: str) -> HttpResponse:
    if _wants_panel(request):
        return _panel(request, customer, problem=problem, status=409)
    messages.error(request, problem)
    return redirect_page(request, "customer_detail", pk=customer.pk)


def _wants_panel(request: DeskRequest) -> bool:
    """Asked by the customer's page itself, and not by Ctrl K from anywhere."""
    return bool(request.htmx) and request.htmx.target == "reset_panel"


def _panel(
    request: DeskRequest, customer: Customer, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The panel for the customer's page; for everybody else, that page with the panel in it."""
    if not _wants_panel(request):
        return redirect_page(request, "customer_detail", pk=customer.pk)
    panel = reset_panel(request, customer)
    context = {**panel, "problem": problem}
    response = render_page(request, PAGE, context, partial="reset_panel", status=status)
    if panel["trail"] and panel["trail"].situation != request.GET.get("seen"):
        # Timeline and side card fetch themselves anew.
        trigger_client_event(response, "customer-changed", after="settle")
    return response
