"""Check identity: staff ask, type what the caller says, and learn whether it matched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.check_page import CheckPage
from accounts.check_words import refusal_of, result_of
from accounts.models import (
    AlreadyMatched,
    CheckOver,
    CodeOver,
    CodeWaits,
    Flag,
    Hold,
    IdentityCheck,
    LookFirst,
    ProofMissing,
)
from accounts.permissions import (
    can_check_identity,
    can_move_address,
    can_put_on_hold,
    can_send_reset,
    can_vouch,
)
from accounts.proofs import ProofKind, proof_named
from accounts.throttling import Throttled
from core.htmx import redirect_page, render_page, told
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.masking import as_seen_by

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from core.views import DeskRequest
    from customers.models import Customer

PAGE = "accounts/identity_check.html"
REFUSALS = (AlreadyMatched, CheckOver, CodeOver, CodeWaits, LookFirst, ProofMissing, Throttled)


@require_http_methods(["GET", "HEAD", "POST"])
def identity_check(request: DeskRequest, pk: int) -> HttpResponse:
    """GET: what a check is, and a button that begins one. POST: begin, or go on with one's own."""
    customer = get_unmasked(request, pk)
    require(can_check_identity(request.user))
    if request.method == "POST":
        try:
            check = IdentityCheck.begin(customer, by=request.user)
        except LookFirst:
            return _begin_page(request, customer, status=409)
    elif (found := IdentityCheck.running_of(customer, request.user)) is not None:
        check = found
    else:
        return _begin_page(request, customer)
    return redirect_page(request, "identity_check_detail", pk, check.pk)


def _begin_page(request: DeskRequest, customer: Customer, *, status: int = 200) -> HttpResponse:
    context = {
        "page_title": _("Check identity"),
        "customer": as_seen_by(request.user, customer),
        "failed": Flag.of_failed_check(customer),
        "may_vouch": can_vouch(request.user),
    }
    return render_page(request, "accounts/identity_check_begin.html", context, status=status)


@require_safe
def identity_check_detail(request: DeskRequest, pk: int, check_id: int) -> HttpResponse:
    check = get_check(request, pk, check_id)
    return check_page(request, check)


@sensitive_post_parameters()
@require_POST
def identity_check_proof(request: DeskRequest, pk: int, check_id: int, proof: str) -> HttpResponse:
    """Compare one answer. What was typed is not shown again, unless it could not be read."""
    check, kind = get_check(request, pk, check_id), get_kind(request, proof)
    form = kind.form(request.POST, auto_id=f"{kind.name}_%s")
    if not form.is_valid():
        return check_page(request, check, answered={kind.name: form}, status=422)
    try:
        matched = check.try_proof(kind, form.cleaned_data, by=request.user)
    except REFUSALS as refusal:
        return refused(request, check, refusal)
    return done(request, check, said=result_of(kind, matched=matched))


@require_POST
def identity_check_ending(request: DeskRequest, pk: int, check_id: int) -> HttpResponse:
    check = get_check(request, pk, check_id)
    late = _("The check was over already.")
    return told(
        request, check.end(by=request.user), late=late, to=("identity_check_detail", pk, check_id)
    )


def get_check(request: DeskRequest, pk: int, check_id: int) -> IdentityCheck:
    """A check of a customer within reach (404), for whoever may go on with it (403)."""
    customer = get_unmasked(request, pk)
    require(can_check_identity(request.user))
    checks = IdentityCheck.objects.select_related("customer", "started_by")
    return get_object_or_404(checks, pk=check_id, customer=customer)


def get_kind(request: DeskRequest, proof: str) -> ProofKind:
    kind = proof_named(proof)
    if kind is None:
        raise Http404
    require(kind.allowed(request.user))
    return kind


def done(request: DeskRequest, check: IdentityCheck, *, said: str = "") -> HttpResponse:
    """For htmx the panel as it is now, and what is read aloud; else the page is asked for anew."""
    if request.htmx:
        return check_page(request, check, said=said)
    return redirect_page(request, "identity_check_detail", check.customer_id, check.pk)


def refused(request: DeskRequest, check: IdentityCheck, refusal: Exception) -> HttpResponse:
    """Nothing was compared. The page says why, and how long to wait."""
    check.refresh_from_db()
    # htmx leaves what stands there at 429; here it is to show the reason.
    status = 429 if isinstance(refusal, Throttled) and not request.htmx else 409
    response = check_page(request, check, problem=refusal_of(refusal), status=status)
    if isinstance(refusal, Throttled):
        response["Retry-After"] = str(refusal.seconds)
    return response


def check_page(
    request: DeskRequest,
    check: IdentityCheck,
    *,
    answered: dict[str, forms.Form] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    customer = as_seen_by(request.user, check.customer)
    context = {
        "page_title": _("Identity check"),
        "customer": customer,
        "hold": Hold.of(customer) if customer.is_held else None,
        "may_vouch": can_vouch(request.user),
        "page": CheckPage(check, request.user, answered, is_masked=customer.is_masked),
        "may_send": can_send_reset(request.user),
        "may_lift": can_put_on_hold(request.user),
        "may_move": can_move_address(request.user) and customer.has_account,
        **more,
    }
    response = render_page(request, PAGE, context, partial="identity_check", status=status)
    add_never_cache_headers(response)
    return response
