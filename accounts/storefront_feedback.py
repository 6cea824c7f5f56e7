"""Did everything work? The page behind a mail's link; looking at it answers nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.carried_links import LEAST_SECONDS, guarded, refused_page
from accounts.forms import FeedbackForm
from accounts.limits import throttled
from accounts.models import Feedback, LinkRefused, LinkState
from accounts.storefront_links import not_a_link
from accounts.throttling import hit_from_outside
from accounts.tokens import find_link
from core.htmx import form_page
from core.views import public

# Beside a link that lets somebody in, and never in its place.
KEY = "feedback"


@public
@require_safe
@throttled
def follow_feedback(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever is signed in stays so: this link opens nothing that a thief could be after."""
    feedback = find_link(Feedback, token)
    hit_from_outside("link", request, genuine=feedback)
    if feedback is None:
        return not_a_link(request, "feedback")
    if request.method == "GET":
        if not request.user.is_authenticated:
            request.session.cycle_key()
            request.session.set_expiry(LEAST_SECONDS)
        request.session[KEY] = feedback.pk
    return guarded(redirect("account_feedback_form"))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    asked = Feedback.objects.select_related("request__customer")
    found = asked.filter(pk=request.session.get(KEY) or 0).first()
    if found is None:
        return not_a_link(request, "feedback")
    if not found.is_open:
        return _closed(request, found.state)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _answer(request, found, form)
    title = gettext("Did everything work?")
    return guarded(form_page(request, "accounts/feedback.html", form, page_title=title))


def _answer(request: HttpRequest, found: Feedback, form: FeedbackForm) -> HttpResponse:
    worked = form.cleaned_data["worked"] == "yes"
    try:
        found.answer(worked=worked, words="" if worked else form.cleaned_data["words"])
    except LinkRefused as refused:
        return _closed(request, refused.state)
    context = {"worked": worked, "page_title": gettext("Thank you")}
    return guarded(render(request, "accounts/feedback_thanks.html", context))


def _closed(request: HttpRequest, state: LinkState) -> HttpResponse:
    title = gettext("This question is answered")
    page = "accounts/feedback_closed.html"
    return refused_page(request, page, kind="feedback", state=state.value, page_title=title)
