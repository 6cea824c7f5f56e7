"""Where a customer types the code that they are told on the phone: no sign-in, one field.

Right or wrong, the answer and the work for it are the same: the desk that waits finds out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.carried_links import guarded
from accounts.doors import signed_in_at_desk
from accounts.limits import throttled
from accounts.models import TypedCode
from accounts.proof_forms import HeardCodeForm
from accounts.spoken import digest_of_network
from accounts.throttling import hit_from_outside
from core.client_ip import client_network
from core.htmx import form_page
from core.views import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def verify(request: HttpRequest) -> HttpResponse:
    form = HeardCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        title = gettext("Your code from our call")
        return guarded(form_page(request, "accounts/verify.html", form, page_title=title))
    hit_from_outside("code", request)
    if _stands_at_the_desk(request):
        context = {"page_title": gettext("This browser is the desk's")}
        return guarded(render(request, "accounts/verify_at_desk.html", context, status=403))
    TypedCode.keep(form.cleaned_data["code"], network=digest_of_network(client_network(request)))
    context = {"page_title": gettext("Thank you")}
    return guarded(render(request, "accounts/verified.html", context))


def _stands_at_the_desk(request: HttpRequest) -> bool:
    """Whoever reads the code out must not be the one who types it."""
    return signed_in_at_desk(request.headers.get("Cookie", "")).is_authenticated
