"""When PostgreSQL is away, a person gets a page that says so (503), never a stack trace."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from core.failures import failure

log = structlog.get_logger(__name__)

# Also a pool without a free connection (PoolTimeout), a cancelled query and a deadlock: Django
# wraps all of them in these two, and for all of them "try again in a moment" is true.
OUTAGES = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = "10"


class OutageMiddleware:
    """Turns what a view raises into 503; what other middleware raises arrives in `server_error`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request, error) if isinstance(error, OUTAGES) else None


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 with Retry-After (RFC 9110 §15.6.4). Touches neither the database nor the session."""
    state = getattr(error.__cause__, "sqlstate", None)
    log.error("database.unavailable", error=type(error.__cause__ or error).__name__, sqlstate=state)
    response = failure(request, 503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response
