"""Saying that there is nothing more to do for a customer who was sent a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.follow_up_panels import follow_up_card
from accounts.models import ResetRequest
from accounts.permissions import can_send_reset
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.masking import is_masked_for
from customers.models import Customer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_POST
def settlement(request: DeskRequest, customer_pk: int, pk: int) -> HttpResponse:
    """From Home the card alone comes back, from elsewhere the link's own page."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_pk)
    require(can_send_reset(request.user))
    found = get_object_or_404(ResetRequest, pk=pk, customer=customer)
    if found.settle(by=request.user):
        messages.success(request, _("Settled."))
    else:
        messages.warning(request, _("There is nothing to settle any more."))
    if request.htmx and request.htmx.target == "follow_ups":
        context = follow_up_card(request)
        return render_page(request, "accounts/follow_ups.html", context, partial="follow_ups")
    if is_masked_for(request.user, customer.pk):
        return redirect_page(request, "home")  # where they came from: that page shows the address
    return redirect_page(request, "reset_request_detail", customer_pk=customer.pk, pk=found.pk)
