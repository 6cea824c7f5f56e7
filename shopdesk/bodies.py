"""What a request may carry: so many bytes, and text in UTF-8. Asked before Django sees it.

Django writes a whole body to disk before it asks who is there. And it decodes in any encoding that
the sender names: some yield NUL and lone surrogates from harmless bytes, others an error.

Both doors, ASGI and WSGI, refuse by the same headers. Only ASGI can carry a body without a length:
there it is counted as it comes. Under WSGI Django reads none without one.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Any, Receive, Send], Awaitable[None]]

# A logo of 5 MB in its form, and every other form of ours.
LARGEST_BODY = 6 * 1024 * 1024
LARGE_FILES = "/admin/customers/imports/"
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
FOREIGN = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
SENTENCES = {TOO_LARGE: b"This is too large.\n", FOREIGN: b"We read UTF-8 only.\n"}
TYPE = "text/plain; charset=utf-8"
CHARSET = re.compile(r"charset\*?\d*\*?\s*=(.*)", re.IGNORECASE | re.DOTALL)
# A quoted name is one (RFC 9110 §5.6.6); whatever else follows belongs to other parameters.
UTF8 = re.compile(r"\s*\"?(utf-?8|us-ascii)\"?\s*(;(?!.*charset).*)?", re.IGNORECASE | re.DOTALL)


def guarded(application: Application) -> Application:
    """ASGI: answer 413 or 415, to a body without a length by the byte too many."""

    async def bounded(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        headers = {name: text.decode("latin-1") for name, text in scope.get("headers", ())}
        told, kind = headers.get(b"content-length", ""), headers.get(b"content-type", "")
        if status := _refusal(scope["path"], told, kind):
            await _refuse(send, status)
            return
        left = _limit_of(scope["path"])

        async def counted() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            # To Django the caller has gone: it throws away what it has and answers nothing.
            return message if left >= 0 else {"type": "http.disconnect"}

        await application(scope, counted, send)
        if left < 0:
            await _refuse(send, TOO_LARGE)

    return bounded


def guarded_wsgi(application: WSGIApplication) -> WSGIApplication:
    """WSGI: answer 413 or 415 before a byte of the body is read."""

    def bounded(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        told, kind = environ.get("CONTENT_LENGTH", ""), environ.get("CONTENT_TYPE", "")
        status = _refusal(environ.get("PATH_INFO", ""), told, kind)
        if status is None:
            return application(environ, start)
        start(f"{status.value} {status.phrase}", [("Content-Type", TYPE)])
        return [SENTENCES[status]]

    return bounded


def _refusal(path: str, length: str, content_type: str) -> HTTPStatus | None:
    """What the headers alone tell; a length that is no number tells nothing."""
    charset = CHARSET.search(content_type)
    if charset and not UTF8.fullmatch(charset.group(1)):
        return FOREIGN
    is_number = length.isascii() and length.isdigit()
    return TOO_LARGE if is_number and int(length[:20]) > _limit_of(path) else None


def _limit_of(path: str) -> int:
    return LARGEST_BODY + (settings.IMPORT_SIZE_LIMIT if path == LARGE_FILES else 0)


async def _refuse(send: Send, status: HTTPStatus) -> None:
    headers = [(b"content-type", TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCES[status]})
