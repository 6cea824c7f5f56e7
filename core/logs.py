"""What a log may never hold, whoever wrote the line: addresses, tokens, search words."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\[\]\\]+@[^\s@<>\"'(),;:\[\]\\]+\.[^\s@<>\"'(),;:\[\]\\]+")
# A link's token (`<number>.<43 letters>`) and whatever else is as long and as mixed.
TOKEN = re.compile(r"[0-9a-z.]*\b(?=[a-z0-9_-]*[A-Z])(?=\w*[a-z])[\w-]{40,}", re.ASCII)
# PostgreSQL repeats the offending row's values in these lines.
ROW = re.compile(r"^(\s*(?:DETAIL|CONTEXT|LINE \d+):).*$", re.MULTILINE)
QUERY = re.compile(r"\?[^\s\"']+=[^\s\"']*")


def scrub(_logger: object, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Blank addresses, tokens, query strings and rows in every text of a line, however deep."""
    return {key: _scrubbed(value) for key, value in entry.items()}


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scrubbed(inner) for inner in value]
    return value


def _clean(text: str) -> str:
    text = ROW.sub(r"\1 [row]", text)
    text = ADDRESS.sub("[address]", text)
    text = QUERY.sub("?[query]", text)
    return TOKEN.sub("[token]", text)


class RouteInsteadOfPath(logging.Filter):
    """Django's own lines name the request's path; the route says as much and holds no values."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: HttpRequest | None = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            route = _route_of(request)
            record.args = tuple(route if part == request.path else part for part in record.args)
            # The whole request would otherwise be rendered by whoever prints extras.
            del record.__dict__["request"]
        return True


def _route_of(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "[unknown route]"
