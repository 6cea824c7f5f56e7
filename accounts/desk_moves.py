"""Having a customer's account move to another address: for whoever has lost their mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.desk_forms import MoveForm
from accounts.models import CheckNeeded, CustomerBarred, NotYet
from accounts.moving import AddressOf, NoAccount, SameAddress, check_for, start_move
from accounts.permissions import can_move_address
from accounts.reset_words import not_yet
from accounts.suspicion import suspicion_of_new
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.levels import level_mark
from customers.masking import as_seen_by, count_look_up
from customers.models import Customer, IdentityKind

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def address_move(request: DeskRequest, pk: int) -> HttpResponse:
    """GET: whether it can be done, and the form. POST: mail the link to the new address."""
    customer = get_unmasked(request, pk)
    require(can_move_address(request.user))
    if request.method != "POST":
        to = request.GET.get("to", "")
        if to:
            count_look_up(request.user)
        return _page(request, customer, MoveForm(initial={"to": to}))
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, form, status=422)
    count_look_up(request.user)
    to = form.cleaned_data["to"]
    is_asked = check_for(customer) is not None and request.POST.get("anyway") != to
    if is_asked and suspicion_of_new(to, customer):
        return _page(request, customer, form, status=422)  # which says what speaks against it
    return _start(request, customer, form)


def _start(request: DeskRequest, customer: Customer, form: MoveForm) -> HttpResponse:
    to = form.cleaned_data["to"]
    try:
        start_move(customer, to, by=request.user)
    except SameAddress:
        form.add_error("to", gettext("The customer signs in with this address already."))
    except AddressOf as taken:
        other = as_seen_by(request.user, taken.customer)
        return _page(request, customer, form, status=409, other=other)
    except NotYet as refusal:
        form.add_error("to", not_yet(refusal))
    except (NoAccount, CustomerBarred, CheckNeeded):
        return _page(request, customer, form, status=409)  # as of this very moment
    else:
        text = gettext("A link is on its way to %(to)s.") % {"to": to}
        mark = level_mark(customer.identity_of(IdentityKind.EMAIL, to))
        messages.success(request, format_html("{} {}", text, mark))
        return redirect_page(request, "customer_detail", pk=customer.pk)
    return _page(request, customer, form, status=422)


def _page(
    request: DeskRequest, customer: Customer, form: MoveForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    may_be = customer.has_account and not customer.is_disabled
    has_passed = may_be and check_for(customer) is not None
    to = form.cleaned_data.get("to") if form.is_bound else form.initial["to"]
    context = {
        "page_title": gettext("Move to another address"),
        "customer": customer,
        "can_move": has_passed,
        "needs_check": may_be and not has_passed,
        "form": form,
        "suspicion": suspicion_of_new(to, customer) if has_passed and to else None,
        **more,
    }
    return render_page(request, "accounts/address_move.html", context, status=status)
