"""My profile: name, language, password, two-step sign-in, and where I am signed in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import second_factor
from accounts.browsers import sessions_of
from accounts.changing import change_password
from accounts.desk_forms import SetUpForm, StaffProfileForm
from accounts.forms import ChangePasswordForm, PresentPasswordForm, refuse
from accounts.lately import lately
from accounts.limits import throttled
from accounts.present_password import knows_password
from accounts.sealing import SealBroken, seal, unseal
from core.htmx import form_page
from shop.language import speak_anew
from shop.models import Shop

if TYPE_CHECKING:
    from core.views import DeskRequest

SECRET_KEY = "new second factor"  # noqa: S105 -- where the session keeps it, not a secret


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: DeskRequest) -> HttpResponse:
    user = request.user
    form = StaffProfileForm(
        request.POST or None, initial={"name": user.name, "language": user.language}
    )
    if form.is_valid():
        user.change_profile(**form.cleaned_data)
        speak_anew(request)
        messages.success(request, gettext("Your profile is saved."))
        return redirect("profile")
    return form_page(
        request,
        "accounts/desk_profile.html",
        form,
        second_factor_on=second_factor.is_on(user),
        codes_left=second_factor.codes_left(user),
        sessions=sessions_of(user, current=request.session.session_key),
        lately=lately(user),
        page_title=gettext("My profile"),
    )


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def password(request: DeskRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if form.is_valid() and knows_password(request.user, form):
        if change_password(request, form.cleaned_data["password"]):
            messages.success(request, gettext("Your password is changed."))
            return redirect("profile")
        refuse(form, "current", gettext("This is not your present password."))
    return form_page(
        request, "accounts/desk_password.html", form, page_title=gettext("Change password")
    )


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def second_factor_page(request: DeskRequest) -> HttpResponse:
    """Set it up: scan, type the first code and the password, keep the recovery codes."""
    secret = _secret_on_trial(request)
    form = SetUpForm(request.POST or None)
    if form.is_valid() and knows_password(request.user, form):
        if second_factor.uses_up(request.user, secret, form.cleaned_data["code"]):
            codes = second_factor.switch_on(request.user, secret)
            del request.session[SECRET_KEY]
            return _show_codes(request, codes)
        refuse(
            form,
            "code",
            gettext(
                "This code is not right, or was used before. Is the clock of your phone right?"
            ),
        )
    return form_page(
        request,
        "accounts/desk_second_factor.html",
        form,
        secret=secret,
        picture=_picture(request, secret),
        page_title=gettext("Set up two-step sign-in"),
    )


def _secret_on_trial(request: DeskRequest) -> str:
    """Sealed in the session until its first code has come: sessions are rows like others."""
    try:
        return unseal(request.session[SECRET_KEY])
    except (KeyError, SealBroken):
        secret: str = second_factor.generate_totp_secret()
        request.session[SECRET_KEY] = seal(secret)
        return secret


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def switch_off(request: DeskRequest) -> HttpResponse:
    form = PresentPasswordForm(request.POST or None)
    if form.is_valid() and knows_password(request.user, form):
        second_factor.switch_off(request.user, by=request.user)
        messages.success(request, gettext("Two-step sign-in is switched off."))
        return redirect("profile")
    return form_page(
        request,
        "accounts/desk_switch_off.html",
        form,
        page_title=gettext("Switch off two-step sign-in"),
    )


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def recovery_codes(request: DeskRequest) -> HttpResponse:
    if not second_factor.is_on(request.user):
        return redirect("desk_second_factor")
    form = PresentPasswordForm(request.POST or None)
    if form.is_valid() and knows_password(request.user, form):
        return _show_codes(request, second_factor.new_recovery_codes(request.user))
    return form_page(
        request, "accounts/desk_recovery_codes.html", form, page_title=gettext("New recovery codes")
    )


def _show_codes(request: DeskRequest, codes: list[str]) -> HttpResponse:
    """Once; afterwards there are only new ones to be had."""
    context = {"codes": codes, "page_title": gettext("Your recovery codes")}
    response = render(request, "accounts/desk_show_codes.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _picture(request: DeskRequest, secret: str) -> str:
    """The QR code as an SVG element of the page: its address is a secret that no log shall see."""
    address = second_factor.setup_address(request.user, secret, Shop.current().name)
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=5,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 -- drawn by segno, of squares only
