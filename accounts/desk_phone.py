"""Help for whoever has a customer on the phone who cannot sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.permissions import can_check_identity, can_send_reset
from accounts.phone_help import phone_help
from core.htmx import render_page
from core.permissions import require
from customers.desk.reach import get_unmasked

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_safe
def call(request: DeskRequest, pk: int) -> HttpResponse:
    """A script for the call and texts to read out. On the customer's page it opens and closes."""
    customer = get_unmasked(request, pk)
    require(can_send_reset(request.user))
    if request.htmx and "closed" in request.GET:
        return render_page(request, "accounts/phone_help.html", partial="phone_place")
    context = {
        "page_title": gettext("On the phone"),
        "may_check": can_check_identity(request.user),
        **phone_help(customer),
    }
    return render_page(request, "accounts/phone_help.html", context, partial="phone_help")
