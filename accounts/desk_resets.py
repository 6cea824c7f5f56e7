"""Sending a customer a link, from their page, the list's row menu and Ctrl K."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from accounts.models import (
    CheckNeeded,
    CustomerBarred,
    LinkRefused,
    MoveStands,
    NoAddress,
    NotYet,
    Purpose,
    ResetRequest,
)
from accounts.panels import reset_panel
from accounts.permissions import can_send_reset
from accounts.reset_words import not_yet
from accounts.suspicion import suspicion_of
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.levels import level_mark
from customers.masking import as_seen_by, count_look_up
from customers.models import Customer, IdentityKind
from customers.permissions import can_see_customers

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.suspicion import Suspicion
    from core.views import DeskRequest

PAGE = "accounts/reset_page.html"


@require_http_methods(["GET", "HEAD", "POST"])
def reset_requests(request: DeskRequest, pk: int) -> HttpResponse:
    """GET: the panel, for the page that asks while the mail leaves. POST: send a link, or ask first
    where something speaks against the address and nobody could have seen it."""
    customer = get_unmasked(request, pk)
    seen = as_seen_by(request.user, customer)
    if request.method != "POST":
        require(can_see_customers(request.user))
        return _panel(request, seen)
    require(can_send_reset(request.user))
    if not _has_seen(request, seen) and not customer.is_barred and _doubt(request, customer, seen):
        return redirect_page(request, "reset_request_confirmation", pk)
    return _send(request, customer, seen)


def _has_seen(request: DeskRequest, seen: Customer) -> bool:
    """The customer's page and the page that asks say what they know of the address; to whoever does
    not see the address, only the latter."""
    return "anyway" in request.POST or (_wants_panel(request) and not seen.is_masked)


def _doubt(request: DeskRequest, customer: Customer, seen: Customer) -> Suspicion | None:
    """Raises Throttled: that something speaks against a masked address tells of it too."""
    if seen.is_masked:
        count_look_up(request.user)
    return suspicion_of(customer)


@require_safe
def confirmation(request: DeskRequest, pk: int) -> HttpResponse:
    """Send all the same, or mend the address? Whoever does not see it is told neither the address
    nor what speaks against it."""
    customer = get_unmasked(request, pk)
    require(can_send_reset(request.user))
    seen = as_seen_by(request.user, customer)
    doubt = _doubt(request, customer, seen)
    title = (
        gettext("Send password reset") if customer.has_account else gettext("Send account invite")
    )
    context = {
        "page_title": title,
        "customer": seen,
        "is_doubted": doubt is not None,
        "suspicion": None if seen.is_masked else doubt,
    }
    return render_page(request, "accounts/reset_confirmation.html", context)


def _send(request: DeskRequest, customer: Customer, seen: Customer) -> HttpResponse:
    try:
        sent = ResetRequest.start(customer, by=request.user)
    except CustomerBarred as barred:
        return _refused(request, seen, _why_barred(barred))
    except NoAddress:
        text = gettext("There is no e-mail address to send a link to. Add one first.")
        return _refused(request, seen, text)
    except CheckNeeded:
        return _refused(request, seen, _why_in_doubt(), needs_check=True)
    except MoveStands:
        text = gettext("A link to the customer's new address is open. Withdraw it first.")
        return _refused(request, seen, text)
    except NotYet as refusal:
        return _refused(request, seen, not_yet(refusal), look="warn")
    return _sent(request, seen, sent)


def _why_in_doubt() -> str:
    return gettext(
        "This address came later than the customer and is not confirmed, and an account shows "
        "their orders. First find out who is asking: an identity check has to pass."
    )


def _why_barred(barred: CustomerBarred) -> str:
    if barred.held:
        return gettext("This customer is on hold: no link is sent until the hold is lifted.")
    return gettext("This customer is disabled. Enable the account first.")


def _sent(request: DeskRequest, seen: Customer, sent: ResetRequest) -> HttpResponse:
    """The panel says it; whoever comes from the list or Ctrl K is led there with a message."""
    if seen.is_masked:
        messages.success(request, gettext("The link is on its way to the customer's address."))
    elif not _wants_panel(request):
        text = gettext("A password reset is on its way to %(to)s.")
        if sent.purpose == Purpose.INVITE:
            text = gettext("An account invite is on its way to %(to)s.")
        address = seen.identity_of(IdentityKind.EMAIL, sent.to)
        said = format_html("{} {}", text % {"to": sent.to}, level_mark(address))
        messages.success(request, said)
    return _panel(request, seen)


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


def _refused(
    request: DeskRequest,
    seen: Customer,
    problem: str,
    *,
    look: str = "bad",
    needs_check: bool = False,
) -> HttpResponse:
    """Nothing has changed: a link that stands is shown as before, below the reason."""
    if _wants_panel(request):
        why = {"problem": problem, "problem_look": look, "needs_check": needs_check}
        return _panel(request, seen, status=409, **why)
    say = messages.error if look == "bad" else messages.warning
    say(request, problem)
    return redirect_page(request, "customer_detail", pk=seen.pk)


def _wants_panel(request: DeskRequest) -> bool:
    """Asked by the customer's page itself, and not by Ctrl K from anywhere."""
    return bool(request.htmx) and request.htmx.target == "reset_panel"


def _panel(request: DeskRequest, seen: Customer, *, status: int = 200, **more: Any) -> HttpResponse:
    """The panel for the customer's page; for everybody else, that page with the panel in it."""
    if not _wants_panel(request):
        return redirect_page(request, "customer_detail", pk=seen.pk)
    panel = reset_panel(request, seen)
    context = {**panel, **more}
    response = render_page(request, PAGE, context, partial="reset_panel", status=status)
    if panel["trail"] and panel["trail"].situation != request.GET.get("seen"):
        # Timeline and side card fetch themselves anew.
        trigger_client_event(response, "customer-changed", after="settle")
    return response
