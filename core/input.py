"""What no form, list or search may ever be handed: PostgreSQL refuses NUL in text."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class CleanInputMiddleware:
    """Answer 400 to a NUL byte in the path, the query or a form, before any view sees it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        texts = [request.path, *_texts(request.GET), *_texts(request.POST)]
        if any("\0" in text for text in texts):
            raise BadRequest("NUL in the request")


def _texts(query: object) -> list[str]:
    return [text for key, values in query.lists() for text in (key, *values)]  # type: ignore[attr-defined]  # QueryDict
