"""The customers' door: sign in, ask for a link, the account and what may be changed in it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import second_step
from accounts.asking import ask_for_link
from accounts.carried_links import ADDRESS_KEY
from accounts.changing import change_password
from accounts.forms import (
    AddressForm,
    ChangePasswordForm,
    CustomerProfileForm,
    RegisterForm,
    refuse,
)
from accounts.limits import throttled
from accounts.mails import calling_name
from accounts.models import AskPurpose, User
from accounts.present_password import knows_password
from accounts.sign_in_page import sign_in_form
from accounts.signing_in import PasswordDue, next_page, sign_in
from accounts.slots import account_panels
from core.conflicts import ChangedMeanwhile
from core.htmx import form_page
from core.slots import fill
from core.views import StorefrontRequest, public
from customers.models import Customer
from shop.language import speak_anew


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def sign_in_page(request: HttpRequest) -> HttpResponse:
    return sign_in_form(request, "accounts/sign_in.html", _let_in)


def _let_in(request: HttpRequest, user: User) -> HttpResponse | None:
    """In, or on to a new password where one is due; None for whoever may not come in any more."""
    target = next_page(request)
    request.session.pop(ADDRESS_KEY, None)
    try:
        return redirect(target) if sign_in(request, user) else None
    except PasswordDue:
        second_step.begin(request, user, second_step.NEW_PASSWORD)
        request.session["next"] = target
        return redirect("account_due_password")


@require_POST
def sign_out(request: StorefrontRequest) -> HttpResponse:
    logout(request)
    speak_anew(request)
    messages.success(request, gettext("You are signed out."))
    return redirect("account_login")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def register(request: HttpRequest) -> HttpResponse:
    """Known addresses get a link to sign in again, unknown ones to confirm; nobody sees which."""
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
        ask_for_link(request, AskPurpose.REGISTER, form.cleaned_data["email"], **typed)
        return _look_in_mailbox(request)
    return form_page(
        request, "accounts/register.html", form, page_title=gettext("Create an account")
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def recover(request: HttpRequest) -> HttpResponse:
    """The same answer and the same work for known and unknown addresses."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        ask_for_link(request, AskPurpose.RECOVER, form.cleaned_data["email"])
        return _look_in_mailbox(request)
    return form_page(
        request, "accounts/recover.html", form, page_title=gettext("Forgotten your password?")
    )


def _look_in_mailbox(request: HttpRequest) -> HttpResponse:
    context = {"page_title": gettext("Look into your mailbox")}
    return render(request, "accounts/look_in_mailbox.html", context)


@require_http_methods(["GET", "HEAD"])
def home(request: StorefrontRequest) -> HttpResponse:
    customer = customer_of(request)
    context = {
        "customer": customer,
        "calling_name": calling_name(customer, get_language() or ""),
        "panels": fill(account_panels.entries(), request),
        "page_title": gettext("My account"),
    }
    return render(request, "accounts/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: StorefrontRequest) -> HttpResponse:
    customer = customer_of(request)
    fields = ["first_name", "last_name", "language", "version"]
    stored = {name: getattr(customer, name) for name in fields}
    form = CustomerProfileForm(request.POST or None, initial=stored)
    if form.is_valid() and _save_profile(form, customer):
        speak_anew(request)
        messages.success(request, gettext("Your details are saved."))
        return redirect("account_home")
    return form_page(
        request, "accounts/profile.html", form, customer=customer, page_title=gettext("My details")
    )


def _save_profile(form: CustomerProfileForm, customer: Customer) -> bool:
    fields = dict(form.cleaned_data)
    try:
        customer.change(by=customer, expected_version=fields.pop("version"), **fields)
    except ChangedMeanwhile:
        changed = gettext("Your details were changed meanwhile. Please look at them again.")
        form.add_error(None, changed)
        customer.refresh_from_db()
        form.data = {**form.data.dict(), "version": str(customer.version)}  # type: ignore[attr-defined]  # a QueryDict
        return False
    return True


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def password(request: StorefrontRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if form.is_valid() and knows_password(request.user, form):
        if change_password(request, form.cleaned_data["password"]):
            messages.success(request, gettext("Your password is changed."))
            return redirect("account_home")
        refuse(form, "current", gettext("This is not your present password."))
    return form_page(request, "accounts/password.html", form, page_title=gettext("Change password"))


def customer_of(request: StorefrontRequest) -> Customer:
    """Whoever is signed in at this door is a customer: the database sees to it."""
    customer = request.user.customer
    assert customer is not None
    return customer
