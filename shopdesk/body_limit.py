"""How much a request may carry. Django writes a whole body to disk before it asks who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Any, Receive, Send], Awaitable[None]]

# A logo of 5 MB in its form, and every other form of ours.
LARGEST_BODY = 6 * 1024 * 1024
LARGE_FILES = "/admin/customers/imports/"


def limited(application: Application) -> Application:
    """Answer 413 to a body beyond its page's limit, as soon as the byte too many has come."""

    async def bounded(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
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
            await _refuse(send)

    return bounded


def _limit_of(path: str) -> int:
    return LARGEST_BODY + (settings.IMPORT_SIZE_LIMIT if path == LARGE_FILES else 0)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This is too large.\n"})
