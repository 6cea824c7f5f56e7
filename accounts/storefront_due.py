"""The step behind a right password that is no longer good enough: choosing another."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import second_step
from accounts.carried_links import guarded
from accounts.changing import choose_due_password
from accounts.forms import NewPasswordForm, refuse
from accounts.limits import throttled
from accounts.models import User
from accounts.passwords import is_password_of
from accounts.throttling import hit_from_outside
from core.htmx import form_page
from core.views import public


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def due_password(request: HttpRequest) -> HttpResponse:
    user = second_step.whose(request, second_step.NEW_PASSWORD)
    if user is None:
        return _to_sign_in(request)
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_valid():
        hit_from_outside("redeem", request, genuine=user)
        if not is_password_of(user, form.cleaned_data["password"]):
            return _choose(request, user, form.cleaned_data["password"])
        refuse(form, "password", gettext("This is your present password. Choose another one."))
    title = gettext("Choose a new password")
    return guarded(form_page(request, "accounts/due_password.html", form, page_title=title))


def _choose(request: HttpRequest, user: User, password: str) -> HttpResponse:
    target = request.session.get("next", "account_home")
    second_step.end(request, second_step.NEW_PASSWORD)
    if not choose_due_password(request, user, password):
        return _to_sign_in(request)
    request.session.pop("next", None)
    messages.success(request, gettext("Your password is changed."))
    return redirect(target)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Too late, or never here: the first step is taken once more."""
    # A message is a row in the session: looking writes none.
    if request.method == "POST":
        messages.info(request, gettext("Please sign in again."))
    return redirect("account_login")
