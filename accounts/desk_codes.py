"""Codes for an identity check: mailed to another mailbox, or read out on a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from accounts.code_steps import CodeStep
from accounts.desk_checks import PAGE, REFUSALS, done, get_check, get_kind, refused
from accounts.models import NotYet, ProofMissing, SpokenCode
from accounts.spoken import digest_of_network
from core.client_ip import client_network
from core.htmx import redirect_page, render_page
from customers.masking import as_seen_by

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import IdentityCheck
    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def identity_check_code(request: DeskRequest, pk: int, check_id: int, proof: str) -> HttpResponse:
    """GET: how far the code has come, for the page that waits. POST: make one."""
    check, kind = get_check(request, pk, check_id), get_kind(request, proof)
    if not kind.is_spoken:
        raise Http404
    seen = as_seen_by(request.user, check.customer)
    step = CodeStep.of(check, kind, is_masked=seen.is_masked)
    if request.method == "POST":
        return _make(request, check, step)
    if not request.htmx:
        return redirect_page(request, "identity_check_detail", pk, check_id)
    context = {"customer": seen, "check": check, "kind": kind, "step": step}
    response = render_page(request, PAGE, context, partial="code_state")
    add_never_cache_headers(response)
    return response


def _make(request: DeskRequest, check: IdentityCheck, step: CodeStep) -> HttpResponse:
    form = step.filled_in(request.POST)
    if not form.is_valid():
        return refused(request, check, ProofMissing())
    [place] = [one for one in step.places if one.pk == form.cleaned_data["place"]]
    network = digest_of_network(client_network(request))
    try:
        SpokenCode.start(check, step.kind, place, by=request.user, network=network)
    except (*REFUSALS, NotYet) as refusal:
        return refused(request, check, refusal)
    return done(request, check)
