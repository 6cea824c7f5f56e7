"""Putting a customer on hold, and lifting the hold, from their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.desk_forms import HoldForm, OwnWordForm
from accounts.lifting import Way, way_to_lift
from accounts.models import CheckNeeded, Hold, HoldOver, HoldReason, SecondColleagueNeeded
from accounts.permissions import can_put_on_hold
from core.htmx import form_page, redirect_page, render_page, told
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.masking import as_seen_by
from customers.models import Customer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def hold_create(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_put_on_hold(request.user))
    form = HoldForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        title = gettext("Put on hold")
        seen = as_seen_by(request.user, customer)
        return form_page(request, "accounts/hold.html", form, customer=seen, page_title=title)
    note = form.cleaned_data["note"]
    return told(
        request,
        Hold.put_on(customer, by=request.user, reason=HoldReason.STAFF, note=note),
        done=gettext("The account is on hold. All devices are signed out."),
        late=gettext("The account was on hold already."),
        to=("customer_detail", pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hold_lifting(request: DeskRequest, pk: int, hold_id: int) -> HttpResponse:
    """GET: what has to come first. POST: the step that was shown, if it still is the next one."""
    customer = get_unmasked(request, pk)
    require(can_put_on_hold(request.user))
    people = ("customer", "put_on_by", "asked_to_lift_by")
    hold = get_object_or_404(Hold.objects.select_related(*people), pk=hold_id, customer=customer)
    if hold.lifted_at is not None:
        return _over(request, customer)
    if request.method != "POST":
        return _lifting_page(request, hold, OwnWordForm())
    way, form = way_to_lift(hold, request.user), OwnWordForm(request.POST)
    if request.POST.get("way") != way or way in {Way.CHECK, Way.OTHERS, Way.WAIT}:
        return _lifting_page(request, hold, OwnWordForm(), status=409)
    if way == Way.OWN_WORD and not form.is_valid():
        return _lifting_page(request, hold, form, status=422)
    return _step(request, hold, way, form)


def _step(request: DeskRequest, hold: Hold, way: Way, form: OwnWordForm) -> HttpResponse:
    try:
        if way == Way.ASK:
            hold.ask_to_lift(by=request.user)
            messages.success(request, gettext("A colleague now has to confirm it."))
        else:
            words = form.cleaned_data["because"] if way == Way.OWN_WORD else ""
            hold.lift(by=request.user, without_check=words)
            messages.success(request, gettext("The hold is lifted. The customer can sign in."))
    except HoldOver:
        return _over(request, hold.customer)
    except (CheckNeeded, SecondColleagueNeeded):  # as of this very moment
        return _lifting_page(request, hold, OwnWordForm(), status=409)
    return redirect_page(request, "customer_detail", pk=hold.customer_id)


def _lifting_page(
    request: DeskRequest, hold: Hold, form: OwnWordForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "page_title": gettext("Lift the hold"),
        "customer": as_seen_by(request.user, hold.customer),
        "hold": hold,
        "way": way_to_lift(hold, request.user),
        "form": form,
        "is_late": status == 409,
    }
    return render_page(request, "accounts/hold_lifting.html", context, status=status)


def _over(request: DeskRequest, customer: Customer) -> HttpResponse:
    messages.warning(request, gettext("The hold has been lifted already."))
    return redirect_page(request, "customer_detail", pk=customer.pk)
