"""The sign-in form of a door: both ask the same, and each goes on in its own way."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from accounts.carried_links import ADDRESS_KEY
from accounts.doors import ENDED
from accounts.forms import SignInForm, refuse
from accounts.models import User
from accounts.sessions import door_of
from accounts.signing_in import next_page, recognise
from core.htmx import form_page

LetIn = Callable[[HttpRequest, User], HttpResponse | None]
log = structlog.get_logger(__name__)


def sign_in_form(request: HttpRequest, page: str, let_in: LetIn) -> HttpResponse:
    """A door's form, and what comes of it. `let_in` answers None for whoever may not come in any
    more, which looks like a wrong password. Raises Throttled."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(next_page(request))
    known = {"email": request.session.get(ADDRESS_KEY, "")}
    form = SignInForm(request.POST or None, initial=known)
    if form.is_valid():
        user = recognise(request, **form.cleaned_data)
        if user and (answer := let_in(request, user)):
            return answer
        log.warning("sign_in.failed", door=door_of(request), step="password")
        refuse(form, "password", gettext("This address and password do not go together."))
    context = {"next": next_page(request), "has_ended": ENDED in request.GET}
    return form_page(request, page, form, page_title=gettext("Sign in"), **context)
