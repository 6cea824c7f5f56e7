"""“That wasn't me”: the page behind the link in the notice of a changed password.

As with the other links, following it changes nothing: mail scanners follow links, too.
"""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.carried_links import carried, guarded, refused_page
from accounts.hints import email_hint
from accounts.limits import throttled
from accounts.models import Alarm, LinkRefused, LinkState
from accounts.storefront_links import follow, not_a_link
from accounts.throttling import hit_from_outside
from accounts.tokens import find_link
from core.views import public


@public
@require_safe
@throttled
def follow_alarm(request: HttpRequest, token: str) -> HttpResponse:
    return follow(request, find_link(Alarm, token), "alarm")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@throttled
def alarm(request: HttpRequest) -> HttpResponse:
    link = carried(request, Alarm)
    if link is None:
        return not_a_link(request, "alarm")
    if request.method != "POST":
        return _page(request, link)
    if link.is_open:
        hit_from_outside("redeem", request, genuine=link)
        with suppress(LinkRefused):  # pressed twice at once: the page says what holds now
            link.sound()
    return guarded(redirect("account_alarm_form"))


def _page(request: HttpRequest, link: Alarm) -> HttpResponse:
    """Asks; or says that it has happened; or why it is too late."""
    if link.is_open:
        name, title = "alarm", gettext("It was not you?")
    elif link.state != LinkState.EXPIRED and link.customer.is_held:
        name, title = "alarm_sounded", gettext("Your account is on hold")
    else:
        return _too_late(request, link)
    context = {"page_title": title, "link": link, "address": email_hint(link.to)}
    return guarded(render(request, f"accounts/{name}.html", context))


def _too_late(request: HttpRequest, link: Alarm) -> HttpResponse:
    title, state = gettext("This link is no longer valid"), link.state.value
    page = "accounts/alarm_closed.html"
    return refused_page(request, page, kind="alarm", state=state, page_title=title)
