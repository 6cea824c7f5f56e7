"""Where a customer is signed in, and signing out there: on one device, or everywhere."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.browsers import sessions_of
from accounts.devices import sign_out_device, sign_out_everywhere
from accounts.forms import PresentPasswordForm
from accounts.limits import throttled
from accounts.present_password import knows_password
from accounts.storefront import customer_of
from core.htmx import form_page
from core.views import StorefrontRequest
from shop.language import speak_anew


@require_safe
def devices(request: StorefrontRequest) -> HttpResponse:
    context = {
        "page_title": gettext("Signed-in devices"),
        "sessions": sessions_of(request.user, current=request.session.session_key),
    }
    return render(request, "accounts/devices.html", context)


@require_POST
def removal(request: StorefrontRequest, device: str) -> HttpResponse:
    if sign_out_device(request.user, device, by=customer_of(request)):
        messages.success(request, gettext("That device is signed out."))
    else:
        messages.info(request, gettext("That device was not signed in any more."))
    return redirect("account_devices")


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def everywhere(request: StorefrontRequest) -> HttpResponse:
    """Here as well: whoever knows the password comes in again."""
    form = PresentPasswordForm(request.POST or None)
    if form.is_valid() and knows_password(request.user, form):
        sign_out_everywhere(request.user, by=customer_of(request))
        logout(request)
        speak_anew(request)
        messages.success(request, gettext("You are signed out on all devices, here as well."))
        return redirect("account_login")
    title = gettext("Sign out everywhere")
    return form_page(request, "accounts/devices_everywhere.html", form, page_title=title)
