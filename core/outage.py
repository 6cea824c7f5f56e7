"""When PostgreSQL is away, a person gets a page that says so (503), never a stack trace."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)


class OutageMiddleware:
    """Outermost but for the request's id: sessions and languages need the database too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return (
            unavailable(request, error)
            if isinstance(error, (OperationalError, InterfaceError))
            else None
        )


def unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    """503 with Retry-After and a static page (RFC 9110 §15.6.4)."""
    log.error("database.unavailable", error=type(error).__name__)
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
