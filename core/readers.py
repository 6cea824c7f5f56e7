"""Who takes an answer off the ASGI server: how slowly, for how long, and how many files at once.

A slow reader keeps no page from anybody there, but a thread and a connection of the pool. So files
are counted, and whoever takes next to nothing is given up.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest

from core.logs import given_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]
    Application = Callable[[Any, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)
# Under this name a request's scope knows who reads the answer.
READER = "shopdesk.reader"
# Files of which a piece is made. More threads would make none sooner, and each has others wait.
AT_THE_SAME_MOMENT = 1


class NoRoom(Exception):
    """As many files are under way as may be: of one's own, or of everybody."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own


class Places:
    """Files under way from this process: so many for each person, so many for all together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken: Counter[int] = Counter()

    def take(self, person: int) -> None:
        """Raises NoRoom."""
        with self._lock:
            if self._taken[person] >= settings.DOWNLOADS_EACH:
                raise NoRoom(is_own=True)
            if self._taken.total() >= settings.DOWNLOADS_AT_ONCE:
                raise NoRoom(is_own=False)
            self._taken[person] += 1

    def give_back(self, person: int) -> None:
        with self._lock:
            self._taken[person] -= 1
            if not self._taken[person]:
                del self._taken[person]

    def taken(self) -> int:
        with self._lock:
            return self._taken.total()


# The pool is one for each process, and so are these.
places = Places()


def attended(application: Application) -> Application:
    """ASGI: give up who takes an answer too slowly or for too long, and give places back.

    The application returns only when its thread has done with the request, so whoever has the
    place next finds a connection, too.
    """
    turns = asyncio.Semaphore(AT_THE_SAME_MOMENT)

    async def attending(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        reader = Reader(receive, send, turns)
        try:
            await application({**scope, READER: reader}, reader.receive, reader.send)
        finally:
            reader.leave()
            given_up.set(reader.is_given_up)

    return attending


class Reader:
    """Who takes one answer; stands between the application and the server."""

    def __init__(self, receive: Receive, send: Send, turns: asyncio.Semaphore) -> None:
        self._receive, self._send = receive, send
        # Held by whoever makes the next piece of a file.
        self.turns = turns
        self._given_up = asyncio.Event()
        self._patience: asyncio.TimerHandle | None = None
        self._person: int | None = None
        self._request_id = ""
        self._is_whole = False

    @property
    def is_given_up(self) -> bool:
        return self._given_up.is_set()

    async def receive(self) -> Any:
        """What the server says; to the application, whoever is given up has hung up."""
        said = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._given_up.wait())
        try:
            await asyncio.wait((said, ended), return_when=asyncio.FIRST_COMPLETED)
            return {"type": "http.disconnect"} if ended.done() else said.result()
        finally:
            said.cancel()
            ended.cancel()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._request_id = _request_id(message)
            self._patience = self._give_up_after(settings.DOWNLOAD_SECONDS, "too long")
        # Returns when there is room for it, which is made by what is taken.
        stalls = self._give_up_after(settings.DOWNLOAD_STALL_SECONDS, "too slow")
        try:
            await self._send(message)
        finally:
            stalls.cancel()
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        self._is_whole = self._is_whole or ends

    def take_place(self, person: int) -> None:
        """For a file, until the answer has ended. Raises NoRoom."""
        places.take(person)
        self._person = person

    def leave(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        if self._person is not None:
            places.give_back(self._person)
            log.info("download.ended", is_whole=self._is_whole, request_id=self._request_id)

    def _give_up_after(self, seconds: float, reason: str) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._give_up, reason)

    def _give_up(self, reason: str) -> None:
        log.warning("answer.given_up", reason=reason, request_id=self._request_id)
        self._given_up.set()


def reader_of(request: HttpRequest) -> Reader | None:
    """None where a page worker answers: it has one reader at a time."""
    return request.scope.get(READER) if isinstance(request, ASGIRequest) else None


def _request_id(message: Any) -> str:
    """As the other lines of this request name it: the loop does not know of their context."""
    names = {bytes(name).lower(): bytes(text) for name, text in message.get("headers", ())}
    return names.get(b"x-request-id", b"").decode()
