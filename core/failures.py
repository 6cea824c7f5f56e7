"""Pages for requests that went wrong. None of them needs the database, a session or a user."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token

from core.languages import browser_language

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

log = structlog.get_logger(__name__)

# SQLSTATE (PostgreSQL, appendix A): a foreign key finds nothing.
FOREIGN_KEY = "23503"
# What htmx shows as a toast: a page inside a page would help nobody.
IN_SHORT = {
    400: _("This could not be read. Nothing was changed."),
    403: _("Your role does not allow this."),
    404: _("This does not exist any more."),
    405: _("This address takes no such request. Nothing was changed."),
    409: _("What this was about has been deleted just now. Nothing was saved."),
    500: _("Something went wrong on our side. Try again in a moment."),
    503: _("The database is not answering just now. Try again in a few seconds."),
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    return failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    return failure(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    return failure(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 where middleware found the database away (sessions, users, the shop)."""
    from core.outage import OUTAGES, unavailable

    error = sys.exc_info()[1]
    return unavailable(request, error) if isinstance(error, OUTAGES) else failure(request, 500)


class WrongMethodMiddleware:
    """A page instead of an empty one: a sign-in may lead back to the address of a button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        page = failure(request, 405)
        page["Allow"] = answer["Allow"]
        return page


class GoneMeanwhileMiddleware:
    """409 where what a request ties something to was deleted at that very moment.

    An import that is undone deletes whom it brought; who wrote a note on them waited for that. The
    foreign key refuses the note when it is committed, so nothing of the request is left.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        broken = getattr(error.__cause__, "diag", None)
        if getattr(error.__cause__, "sqlstate", None) != FOREIGN_KEY or broken is None:
            return None
        # Also what our own slip looks like: the constraint tells one from the other.
        log.warning("request.gone_meanwhile", constraint=broken.constraint_name)
        return failure(request, 409)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- as above
    """403 that says what to do: the form was open for long, or cookies are off."""
    return failure(request, 403, template="403_csrf.html")


def failure(
    request: HttpRequest,
    status: int,
    *,
    template: str = "",
    in_short: _StrOrPromise = "",
    **more: Any,
) -> HttpResponse:
    """A page of its own with the request's id; for htmx a toast and an unchanged page.

    A template of its own is a page for htmx, too, unless it can be said in short.
    """
    with translation.override(_language_of(request)):
        if request.headers.get("HX-Request") and (in_short or not template):
            return _toast(status, in_short or IN_SHORT[status])
        page = template or f"{status}.html"
        context = {"request": request, "request_id": _request_id(), **more}
        return HttpResponse(render_to_string(page, context), status=status)


def _toast(status: int, text: _StrOrPromise) -> HttpResponse:
    toasts = [{"text": str(text), "level": "error"}]
    trigger = json.dumps({"toast": {"toasts": toasts}})
    return HttpResponse(status=status, headers={"HX-Reswap": "none", "HX-Trigger": trigger})


def _language_of(request: HttpRequest) -> str:
    """What the language middleware decided, where the request came that far."""
    decided: str = getattr(request, "LANGUAGE_CODE", "")
    return decided or browser_language(request) or settings.LANGUAGE_CODE


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
