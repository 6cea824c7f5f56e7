"""A link that was followed: the session carries which request it was for, never the token."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.models import SecretLink
from accounts.models.links import SecretLinkQuerySet

Link = TypeVar("Link", bound=SecretLink)
log = structlog.get_logger(__name__)
KEY = "link"
# The address that was just proved, for the sign-in page.
ADDRESS_KEY = "proved_address"
# Time to read "this link has expired" and to press "send a new one".
LEAST_SECONDS = 900
# The state of what never was a link.
UNKNOWN = "unknown"


def carry(request: HttpRequest, link: SecretLink) -> None:
    """Remember the link in a session nobody else can know, and under nobody else's sign-in."""
    if request.user.is_authenticated:
        request.session.flush()
    else:
        # A key that somebody planted in this browser must not see the link (session fixation).
        request.session.cycle_key()
    request.session[KEY] = {"of": link._meta.label_lower, "id": link.pk}
    left = (link.expires_at - timezone.now()).total_seconds()
    request.session.set_expiry(int(min(max(left, LEAST_SECONDS), 24 * 3600)))


def carried(request: HttpRequest, model: type[Link], **fields: object) -> Link | None:
    """The link this browser followed, as it is now."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("of") != model._meta.label_lower:
        return None
    return SecretLinkQuerySet(model).filter(pk=kept.get("id"), **fields).first()


def drop(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def refused_page(
    request: HttpRequest, template: str, *, kind: str, state: str, page_title: str
) -> HttpResponse:
    """404 for what never was a link ("unknown"), 410 for one that is over; the log says which."""
    log.warning("link.refused", kind=kind, state=state)
    context = {"kind": kind, "state": state, "page_title": page_title}
    status = 404 if state == UNKNOWN else 410
    return guarded(render(request, template, context, status=status))


class TokenAddressMiddleware:
    """Whatever is answered at a token's own address sends no referrer: also what no view of ours
    has seen, as 405, 429, 500 and 503. Asks for no database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _holds_token(request):
            response["Referrer-Policy"] = "no-referrer"
        return response


def _holds_token(request: HttpRequest) -> bool:
    try:
        return "token" in (request.resolver_match or resolve(request.path_info)).kwargs
    except Http404:
        return False


def guarded(response: HttpResponse) -> HttpResponse:
    """No cache keeps the page, and nobody learns its address, not even our own pages.

    Browsers then send "Origin: null" with its forms (accounts/doors.py knows).
    """
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
