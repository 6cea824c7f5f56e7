"""What a request may carry: so many bytes, and text in UTF-8. Asked before Django sees it.

Django writes a whole body to disk before it asks who is there. So only two pages take more than a
form, and of those who send it only who may use that page. And Django decodes in any encoding that
the sender names: some yield NUL and lone surrogates from harmless bytes, others an error.

Both doors, ASGI and WSGI, refuse by the same headers. Only ASGI can carry a body without a length:
there it is counted as it comes. Under WSGI Django reads none without one.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DataError, close_old_connections, connection

from core.outage import OUTAGES
from shopdesk.metrics import NO_VIEW, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from core.readers import Application, Receive, Send

log = structlog.get_logger(__name__)
# Every form of ours but two; the proxy holds to it as well.
LARGEST_FORM = 256 * 1024
# A logo of 5 MB in its form; at an import, what may be more than its file.
LARGEST_LOGO = 6 * 1024 * 1024
LOGO = "/admin/settings/shop/logo/"
LARGE_FILES = "/admin/customers/imports/"
TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
FOREIGN = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
UNKNOWN = HTTPStatus.FORBIDDEN
AWAY = HTTPStatus.SERVICE_UNAVAILABLE
SENTENCES = {
    TOO_LARGE: b"This is too large.\n",
    FOREIGN: b"We read UTF-8 only.\n",
    UNKNOWN: b"Please sign in again and send the file once more.\n"
    b"Bitte neu anmelden und die Datei noch einmal senden.\n",
    AWAY: b"The database is not answering just now. Try again in a few seconds.\n"
    b"Die Datenbank antwortet gerade nicht. Bitte in ein paar Sekunden noch einmal versuchen.\n",
}
TYPE = "text/plain; charset=utf-8"
CHARSET = re.compile(r"charset\*?\d*\*?\s*=(.*)", re.IGNORECASE | re.DOTALL)
# A quoted name is one (RFC 9110 §5.6.6); whatever else follows belongs to other parameters.
UTF8 = re.compile(r"\s*\"?(utf-?8|us-ascii)\"?\s*(;(?!.*charset).*)?", re.IGNORECASE | re.DOTALL)


def guarded(application: Application) -> Application:
    """ASGI: answer 403, 413, 415 or 503, to a body without a length by the byte too many."""

    async def bounded(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _bounded(application, scope, receive, send)
        elif scope["type"] == "websocket":
            await _hang_up(receive, send)
        else:
            await application(scope, receive, send)

    return bounded


async def _bounded(application: Application, scope: Any, receive: Receive, send: Send) -> None:
    headers = _headers_of(scope)
    path, told = scope["path"], headers.get(b"content-length", "")
    status = _refusal(path, told, headers.get(b"content-type", ""))
    if status is None and _is_large(told):
        status = await _doubt_apart(path, headers.get(b"cookie", ""))
    if status:
        await _refuse(send, status)
        return
    # Who says little and sends much is nobody we have asked about.
    body = Counted(receive, _limit_of(path) if _is_large(told) else LARGEST_FORM)
    await application(scope, body, send)
    if body.left < 0:
        await _refuse(send, TOO_LARGE)


def _headers_of(scope: Any) -> dict[bytes, str]:
    """By name; what is sent twice is joined as Django joins it, so that nothing hides behind it."""
    found: dict[bytes, str] = {}
    for name, text in scope.get("headers", ()):
        said = text.decode("latin-1")
        found[name] = f"{found[name]},{said}" if name in found else said
    return found


class Counted:
    """A body that breaks off at the byte too many."""

    def __init__(self, receive: Receive, left: int) -> None:
        self._receive = receive
        self.left = left

    async def __call__(self) -> Any:
        message = await self._receive()
        self.left -= len(message.get("body", b""))
        # To Django the caller has gone: it throws away what it has and answers nothing.
        return message if self.left >= 0 else {"type": "http.disconnect"}


async def _hang_up(receive: Receive, send: Send) -> None:
    """Nobody listens at sockets yet: the server answers the handshake with 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def guarded_wsgi(application: WSGIApplication) -> WSGIApplication:
    """WSGI: answer 403, 413, 415 or 503 before a byte of the body is read."""

    def bounded(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        told, kind = environ.get("CONTENT_LENGTH", ""), environ.get("CONTENT_TYPE", "")
        path = environ.get("PATH_INFO", "")
        status = _refusal(path, told, kind)
        if status is None and _is_large(told):
            status = _doubt(path, environ.get("HTTP_COOKIE", ""))
        if status is None:
            return application(environ, start)
        _note(status)
        start(f"{status.value} {status.phrase}", [("Content-Type", TYPE)])
        return [SENTENCES[status]]

    return bounded


def _refusal(path: str, length: str, content_type: str) -> HTTPStatus | None:
    """What the headers alone tell; a length that is no number tells nothing."""
    charset = CHARSET.search(content_type)
    if charset and not UTF8.fullmatch(charset.group(1)):
        return FOREIGN
    return TOO_LARGE if _bytes_told(length) > _limit_of(path) else None


def _is_large(length: str) -> bool:
    """More than a form holds that anybody may send."""
    return _bytes_told(length) > LARGEST_FORM


def _bytes_told(length: str) -> int:
    """Of a number of any length the first twenty digits that count; 0 for what is no number."""
    return int(length.lstrip("0")[:20] or 0) if length.isascii() and length.isdigit() else 0


async def _doubt_apart(path: str, cookies: str) -> HTTPStatus | None:
    """In a thread with a connection of its own: nobody else waits for the database's answer."""

    def doubt() -> HTTPStatus | None:
        try:
            return _doubt(path, cookies)
        finally:
            connection.close()

    return await sync_to_async(doubt, thread_sensitive=False)()


def _doubt(path: str, cookies: str) -> HTTPStatus | None:
    """None if they belong to somebody who may send that page a file, else the answer."""
    from accounts.doors import signed_in_at_desk
    from customers.importing.permissions import can_import
    from shop.permissions import can_change_shop

    may_send = can_change_shop if path == LOGO else can_import
    # As Django does when a request begins, which is only later: the database may have restarted.
    close_old_connections()
    try:
        user = signed_in_at_desk(cookies)
        is_known = isinstance(user, get_user_model()) and may_send(user)
    except OUTAGES:
        return AWAY
    except DataError:  # a NUL in the cookie
        return UNKNOWN
    return None if is_known else UNKNOWN


def _limit_of(path: str) -> int:
    if path == LARGE_FILES:
        return LARGEST_LOGO + int(settings.IMPORT_SIZE_LIMIT)
    return LARGEST_LOGO if path == LOGO else LARGEST_FORM


def _note(status: HTTPStatus) -> None:
    """In the log and the figures, where no view's name stands for it."""
    REQUESTS.labels(NO_VIEW, f"{status.value // 100}xx").inc()
    log.info("request.refused", status=status.value)


async def _refuse(send: Send, status: HTTPStatus) -> None:
    _note(status)
    headers = [(b"content-type", TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCES[status]})
