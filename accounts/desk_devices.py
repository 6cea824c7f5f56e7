"""Signed-in devices at the desk: one's own, a customer's, and a colleague's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.devices import sign_out_device, sign_out_everywhere
from accounts.forms import PresentPasswordForm
from accounts.limits import throttled
from accounts.models import User
from accounts.permissions import can_manage, can_sign_customers_out
from accounts.present_password import knows_password
from core.htmx import form_page, redirect_page
from core.permissions import require
from customers.models import Customer
from shop.language import speak_anew

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_POST
def others(request: DeskRequest) -> HttpResponse:
    """All of one's own but this one."""
    sign_out_everywhere(request.user, by=request.user, but=request.session.session_key)
    messages.success(request, gettext("All other browsers are signed out."))
    return redirect("profile")


@require_POST
def removal(request: DeskRequest, device: str) -> HttpResponse:
    if sign_out_device(request.user, device, by=request.user):
        messages.success(request, gettext("That device is signed out."))
    else:
        messages.info(request, gettext("That device was not signed in any more."))
    return redirect("profile")


@sensitive_post_parameters("current")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def everywhere(request: DeskRequest) -> HttpResponse:
    """Here as well: whoever knows the password comes in again."""
    form = PresentPasswordForm(request.POST or None)
    if form.is_valid() and knows_password(request.user, form):
        sign_out_everywhere(request.user, by=request.user)
        logout(request)
        speak_anew(request)
        messages.success(request, gettext("You are signed out on all devices, here as well."))
        return redirect_page(request, "desk_login")
    title = gettext("Sign out everywhere")
    return form_page(request, "accounts/desk_devices_everywhere.html", form, page_title=title)


@require_POST
def of_customer(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    require(can_sign_customers_out(request.user))
    user = User.objects.filter(customer=customer).select_related("customer").first()
    _say(request, sign_out_everywhere(user, by=request.user) if user else 0)
    return redirect_page(request, "customer_detail", pk=pk)


@require_POST
def of_colleague(request: DeskRequest, pk: int) -> HttpResponse:
    colleague: User = get_object_or_404(User.objects.staff(), pk=pk)
    require(can_manage(request.user, colleague))
    _say(request, sign_out_everywhere(colleague, by=request.user))
    return redirect_page(request, "team")


def _say(request: DeskRequest, count: int) -> None:
    if not count:
        messages.info(request, gettext("There was no device signed in."))
        return
    sentence = ngettext(
        "%(count)d device is signed out.", "%(count)d devices are signed out.", count
    )
    messages.success(request, sentence % {"count": count})
