"""A line to the ASGI door: a request goes in, and its answer comes as slowly as a test takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

if TYPE_CHECKING:
    from core.readers import Application

LONGEST_WAIT = 20


class Line:
    """Stands for the server: holds one message, and takes no other until that is gone."""

    def __init__(self, address: str, *, body: bytes = b"", **headers: str) -> None:
        parts = urlsplit(address)
        named = {"host": "127.0.0.1:8000", "content-length": str(len(body)), **headers}
        self.scope = {
            "type": "http",
            "method": "POST" if body else "GET",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), text.encode()) for name, text in named.items()
            ],
        }
        self._requests = [{"type": "http.request", "body": body, "more_body": False}]
        self._waiting: asyncio.Queue[Any] = asyncio.Queue(maxsize=1)
        self._has_hung_up = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self._pieces: list[bytes] = []
        self.line_count = 0
        self.is_whole = False

    @property
    def text(self) -> str:
        return b"".join(self._pieces).decode()

    async def receive(self) -> Any:
        if self._requests:
            return self._requests.pop()
        await self._has_hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self._waiting.put(message)

    def hang_up(self) -> None:
        self._has_hung_up.set()

    async def take(self) -> bool:
        """The next message of the answer; whether there are more."""
        message = await asyncio.wait_for(self._waiting.get(), LONGEST_WAIT)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): text.decode() for name, text in message["headers"]}
            return True
        self._pieces.append(message.get("body", b""))
        self.line_count += self._pieces[-1].count(b"\n")
        self.is_whole = not message.get("more_body", False)
        return not self.is_whole

    async def take_all(self) -> Line:
        while await self.take():
            pass
        return self


@asynccontextmanager
async def asking(application: Application, line: Line) -> AsyncIterator[asyncio.Task[None]]:
    """The request under way; when the test has done with it, whoever asked hangs up."""
    answering = asyncio.ensure_future(application(line.scope, line.receive, line.send))
    try:
        yield answering
    finally:
        line.hang_up()
        await asyncio.wait_for(asyncio.wait([answering]), LONGEST_WAIT)


async def ended(answering: asyncio.Task[None]) -> None:
    """When the application has done with the request; what it raised."""
    await asyncio.wait_for(answering, LONGEST_WAIT)


@contextmanager
def connections_as_at_the_door() -> Iterator[None]:
    """Each thread gives its own back as soon as a request has ended: in production, to the pool."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        yield
