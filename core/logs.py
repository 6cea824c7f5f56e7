"""What a log may never hold, whoever wrote the line: addresses, tokens, search words."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

# Strangers write into logs, too: each pattern begins where nothing of its kind stands before, so
# that it looks at every sign a few times at most, however long the text is.
LOCAL = r"[^\s@<>\"'(),;:=\[\]\\]"
HOST = r"[^\s@<>\"'(),;:\[\]\\]"
ADDRESS = re.compile(rf"(?<!{LOCAL}){LOCAL}+@{HOST}+\.{HOST}+")
# A link's token (`<number>.<43 letters>`) and whatever else is as long and as mixed.
WORD = re.compile(r"(?<![\w.-])[\w.-]{40,}", re.ASCII)
TOKEN_LENGTH = 40
# PostgreSQL repeats the offending row's values in these lines.
ROW = re.compile(r"^([ \t]*(?:DETAIL|CONTEXT|LINE \d+):).*$", re.MULTILINE)
QUERY = re.compile(r"\?[^\s\"'?=]+=[^\s\"']*")
LONGEST_TEXT = 20_000
# Whether this request's reader was given up (core/readers.py), which a line of its own tells.
given_up: ContextVar[bool] = ContextVar("given_up", default=False)


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
    text = WORD.sub(lambda word: "[token]" if _is_secret(word.group()) else word.group(), text)
    # Cut last: no pattern knows half an address.
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… [cut]"


def _is_secret(word: str) -> bool:
    """Whether a part of it is as long as a token and mixes capitals with small letters."""
    parts = [part for part in word.split(".") if len(part) >= TOKEN_LENGTH]
    return any(part not in {part.lower(), part.upper()} for part in parts)


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


class ToldAlready(logging.Filter):
    """Who is given up is no mistake of ours; to uvicorn, an answer that stays unfinished is one."""

    def filter(self, _record: logging.LogRecord) -> bool:
        return not given_up.get()


def _route_of(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "[unknown route]"
