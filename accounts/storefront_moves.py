"""Links from mails about an account that moves to another address: the new one's and the way back.

As with every link, the token leaves the address bar at once, and only a button changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.carried_links import carried, drop, guarded, refused_page
from accounts.forms import NewPasswordForm
from accounts.hints import email_hint
from accounts.limits import throttled
from accounts.models import AddressUndo, LinkRefused, Purpose, ResetRequest
from accounts.moving import redeem_move
from accounts.storefront_links import closed, follow, not_a_link, to_sign_in, who_chooses
from accounts.throttling import hit_from_outside
from accounts.tokens import find_link
from core.htmx import form_page
from core.views import public
from customers.models import AddressTaken

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@public
@require_safe
@throttled
def follow_move(request: HttpRequest, token: str) -> HttpResponse:
    link = find_link(ResetRequest, token, purpose=Purpose.MOVE)
    return follow(request, link, "move")


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def move(request: HttpRequest) -> HttpResponse:
    link = carried(request, ResetRequest, purpose=Purpose.MOVE)
    if link is None:
        return not_a_link(request, "move")
    if not link.is_open:
        return closed(request, link, "move")
    form = NewPasswordForm(request.POST or None, user=who_chooses(link))
    if form.is_valid():
        # The link outlives an address that is taken: by it, one customer could fill the total.
        hit_from_outside("redeem", request, genuine=link)
        return _redeem(request, link, form.cleaned_data["password"])
    title = gettext("Confirm your new address")
    page = "accounts/move.html"
    return guarded(form_page(request, page, form, address=link.to, link=link, page_title=title))


def _redeem(request: HttpRequest, link: ResetRequest, password: str) -> HttpResponse:
    try:
        user = redeem_move(link, password)
    except LinkRefused as refused:
        return closed(request, link, "move", refused)
    except AddressTaken:
        return _taken(request)
    done = gettext("Your new address is confirmed and your password is saved. Please sign in.")
    if user.customer and user.customer.is_held:
        done = gettext(
            "Your new address is confirmed and your password is saved. The account is still on "
            "hold: you can sign in as soon as our team has opened it again."
        )
    return to_sign_in(request, user, done)


def _taken(request: HttpRequest) -> HttpResponse:
    title = gettext("This address is in use by now")
    page = render(request, "accounts/move_taken.html", {"page_title": title}, status=409)
    return guarded(page)


@public
@require_safe
@throttled
def follow_undo(request: HttpRequest, token: str) -> HttpResponse:
    return follow(request, find_link(AddressUndo, token), "undo")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def undo(request: HttpRequest) -> HttpResponse:
    link = carried(request, AddressUndo)
    if link is None:
        return not_a_link(request, "undo")
    if not link.is_open:
        return _too_late(request, link.state.value)
    if request.method != "POST":
        return _undo_page(request, link)
    try:
        is_back = link.undo()
    except LinkRefused as refused:
        return _too_late(request, refused.state.value)
    drop(request)
    return _undo_page(request, link, state="done" if is_back else "elsewhere")


def _too_late(request: HttpRequest, state: str) -> HttpResponse:
    title = gettext("This link is no longer valid")
    return refused_page(request, "accounts/undo.html", kind="undo", state=state, page_title=title)


def _undo_page(request: HttpRequest, link: AddressUndo, *, state: str = "open") -> HttpResponse:
    title = {
        "open": gettext("Was that not you?"),
        "done": gettext("Your address is back"),
        "elsewhere": gettext("Your account is on hold"),
    }[state]
    context = {"state": state, "address": email_hint(link.former), "page_title": title}
    return guarded(render(request, "accounts/undo.html", context))
