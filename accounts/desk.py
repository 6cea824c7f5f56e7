"""The staff door: sign in with password and code, ask for a link, choose a password."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import second_factor, second_step
from accounts.asking import ask_for_link
from accounts.carried_links import (
    ADDRESS_KEY,
    LEAST_SECONDS,
    UNKNOWN,
    carried,
    carry,
    drop,
    guarded,
    refused_page,
)
from accounts.desk_forms import CodeForm, StaffPasswordForm
from accounts.forms import AddressForm, refuse
from accounts.limits import throttled
from accounts.models import AskPurpose, LinkRefused, StaffLink, User
from accounts.sign_in_page import sign_in_form
from accounts.signing_in import next_page, sign_in
from accounts.throttling import forget, hit_from_outside
from accounts.tokens import find_link
from core.htmx import form_page, redirect_page
from core.views import DeskRequest, public
from shop.language import speak_anew

log = structlog.get_logger(__name__)


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def sign_in_page(request: HttpRequest) -> HttpResponse:
    return sign_in_form(request, "accounts/desk_sign_in.html", _first_step_done)


def _first_step_done(request: HttpRequest, user: User) -> HttpResponse | None:
    """On to the code, or in; None for whoever may not come in any more."""
    target = next_page(request)
    request.session.pop(ADDRESS_KEY, None)
    if not second_factor.is_on(user):
        return redirect(target) if sign_in(request, user) else None
    second_step.begin(request, user)
    request.session["next"] = target
    return redirect("desk_code")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def code_page(request: HttpRequest) -> HttpResponse:
    user = second_step.whose(request)
    if user is None:
        # A message is a row in the session: looking writes none.
        if request.method == "POST":
            messages.info(request, gettext("Please sign in again."))
        return redirect("desk_login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        second_step.count_code(user)
        if second_factor.accepts(user, form.cleaned_data["code"]):
            forget("code of user", user.pk)
            target = request.session.pop("next", "home")
            second_step.end(request)
            if sign_in(request, user):
                return redirect(target)
            messages.info(request, gettext("Please sign in again."))
            return redirect("desk_login")
        log.warning("sign_in.failed", door="desk", step="code", user=user.pk)
        refuse(form, "code", gettext("This code is not right, or was used before."))
    return form_page(request, "accounts/desk_code.html", form, page_title=gettext("Second step"))


@require_POST
def sign_out(request: DeskRequest) -> HttpResponse:
    logout(request)
    speak_anew(request)
    messages.success(request, gettext("You are signed out."))
    return redirect_page(request, "desk_login")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def recover(request: HttpRequest) -> HttpResponse:
    """The same answer and the same work whether or not somebody at the desk has this address."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        ask_for_link(request, AskPurpose.STAFF, form.cleaned_data["email"])
        return _look_in_mailbox(request)
    return form_page(
        request, "accounts/desk_recover.html", form, page_title=gettext("Forgotten your password?")
    )


def _look_in_mailbox(request: HttpRequest) -> HttpResponse:
    page = {"page_title": gettext("Look into your mailbox")}
    return render(request, "accounts/desk_look_in_mailbox.html", page)


@public
@require_safe
@throttled
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """As at the storefront: the token leaves the address bar, nothing is used up."""
    link = find_link(StaffLink, token)
    hit_from_outside("link", request, genuine=link)
    if link is None:
        return _no_link(request, UNKNOWN)
    if request.method == "GET":
        link.open_link()
        carry(request, link)
    return guarded(redirect("desk_link_form"))


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def choose_password(request: HttpRequest) -> HttpResponse:
    link = carried(request, StaffLink)
    if link is None:
        return _no_link(request, UNKNOWN)
    if not link.is_open:
        return _no_link(request, link.state.value)
    form = StaffPasswordForm(request.POST or None, user=link.user, initial={"name": link.user.name})
    if form.is_valid():
        hit_from_outside("redeem", request)
        try:
            link.redeem(**form.cleaned_data)
        except LinkRefused as refused:
            return _no_link(request, refused.state.value)
        return _to_sign_in(request, link)
    return guarded(
        form_page(
            request,
            "accounts/desk_choose_password.html",
            form,
            link=link,
            page_title=gettext("Choose a password"),
        )
    )


@public
@require_POST
@throttled
def another_link(request: HttpRequest) -> HttpResponse:
    """A new link in place of one that is over, to the same address."""
    link = carried(request, StaffLink)
    if link is None or not link.to:
        return _no_link(request, UNKNOWN)
    ask_for_link(request, AskPurpose.STAFF, link.to)
    drop(request)
    return guarded(_look_in_mailbox(request))


def _to_sign_in(request: HttpRequest, link: StaffLink) -> HttpResponse:
    request.session.flush()
    request.session[ADDRESS_KEY] = link.to
    request.session.set_expiry(LEAST_SECONDS)
    messages.success(request, gettext("Your password is saved. Please sign in with it."))
    return guarded(redirect("desk_login"))


def _no_link(request: HttpRequest, state: str) -> HttpResponse:
    page, title = "accounts/desk_no_link.html", gettext("This link does not work")
    return refused_page(request, page, kind="staff", state=state, page_title=title)
