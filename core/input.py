"""What no list, search or session may ever be handed: PostgreSQL refuses NUL in text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from django.http import QueryDict


class CleanInputMiddleware:
    """Answer 400 to a NUL byte in path, query, cookie or a field's name: nobody typed it there.

    What somebody typed into a field goes on to the form, whose fields refuse NUL in words (422)
    and keep the rest.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A session's key is looked up before any view is chosen.
        _refuse_nul([request.path, *request.COOKIES.values(), *_texts(request.GET)])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        _refuse_nul(request.POST)


def _refuse_nul(texts: Iterable[str]) -> None:
    if any("\0" in text for text in texts):
        raise BadRequest


def _texts(query: QueryDict) -> Iterator[str]:
    for key, values in query.lists():
        yield key
        yield from values
