"""Who takes an answer off the ASGI server, and how: counted, and given up when too slow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.readers import READER, NoRoom, Places, attended, places
from tests.lines import Line, asking, ended
from tests.threads import THREADS, all_at_once

PIECE = {"type": "http.response.body", "body": b"x", "more_body": True}
START = {"type": "http.response.start", "status": 200, "headers": [(b"X-Request-ID", b"seen")]}
ANNA, OTTO, LARS = 1, 2, 3


@pytest.fixture(autouse=True)
def patient(settings: Any) -> None:
    settings.DOWNLOAD_SECONDS = settings.DOWNLOAD_STALL_SECONDS = 20
    settings.DOWNLOADS_EACH, settings.DOWNLOADS_AT_ONCE = 2, 3


class EndlessFile:
    """Sends piece after piece, until it is told that nobody is there any more."""

    def __init__(self, person: int = ANNA) -> None:
        self.person = person
        self.was_told = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        scope[READER].take_place(self.person)
        sending = asyncio.ensure_future(self._send_on(send))
        self.was_told = (await receive())["type"] == "http.disconnect"
        sending.cancel()
        await asyncio.wait([sending])

    async def _send_on(self, send: Callable[[Any], Awaitable[None]]) -> None:
        await send(START)
        while True:
            await send(PIECE)


class TestPlaces:
    def test_so_many_for_each_person_and_so_many_for_all(self) -> None:
        own = Places()
        own.take(ANNA)
        own.take(ANNA)
        assert refusal(own, ANNA) == "own"
        own.take(OTTO)
        assert refusal(own, LARS) == "everybody's"
        assert refusal(own, ANNA) == "own"
        own.give_back(ANNA)
        own.take(LARS)
        assert own.taken() == 3

    def test_of_many_at_the_same_moment_as_many_as_may_be(self) -> None:
        own = Places()
        told = all_at_once(own.take)
        assert [type(one) for one in told if one is not None] == [NoRoom] * (THREADS - 3)
        assert own.taken() == 3


def refusal(own: Places, person: int) -> str:
    with pytest.raises(NoRoom) as full:
        own.take(person)
    return "own" if full.value.is_own else "everybody's"


class TestWhoIsGivenUp:
    def test_who_stops_taking(self, settings: Any) -> None:
        settings.DOWNLOAD_STALL_SECONDS = 0.05
        file, line = EndlessFile(), Line("/")

        async def stop_taking() -> None:
            async with asking(attended(file), line) as answering:
                await line.take()
                await line.take()
                await ended(answering)

        assert reasons_told(stop_taking) == ["too slow"]
        assert (file.was_told, line.is_whole, places.taken()) == (True, False, 0)

    def test_who_takes_for_too_long_however_fast(self, settings: Any) -> None:
        settings.DOWNLOAD_SECONDS = 0.2
        file, line = EndlessFile(), Line("/")

        async def take_on_and_on() -> None:
            async with asking(attended(file), line) as answering:
                taking = asyncio.ensure_future(line.take_all())
                await ended(answering)
                taking.cancel()

        assert reasons_told(take_on_and_on) == ["too long"]
        assert (file.was_told, line.is_whole, places.taken()) == (True, False, 0)

    @pytest.mark.parametrize(("stalls", "is_told"), [(0.05, False), (20, True)])
    def test_the_servers_own_complaint_is_left_out_where_ours_tells(
        self, settings: Any, stalls: float, is_told: bool
    ) -> None:
        """To uvicorn it is a mistake of the application's, whichever it was."""
        settings.DOWNLOAD_STALL_SECONDS = stalls
        line = Line("/")
        complaints = []

        async def server(*call: Any) -> None:
            await attended(EndlessFile())(*call)
            complaint = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "", (), None)
            complaints.append(bool(logging.getLogger("uvicorn.error").filter(complaint)))

        async def serve() -> None:
            async with asking(server, line) as answering:
                await line.take()
                if is_told:
                    line.hang_up()
                await ended(answering)

        asyncio.run(serve())
        assert complaints == [is_told]

    def test_nobody_who_only_waits_for_the_first_byte(self, settings: Any) -> None:
        """A long look at the database is not the reader's fault."""
        settings.DOWNLOAD_STALL_SECONDS = 0.2
        line = Line("/")

        async def thinking(_scope: Any, receive: Any, send: Any) -> None:
            await receive()
            given_up = asyncio.ensure_future(receive())
            assert await asyncio.wait([given_up], timeout=0.3) == (set(), {given_up})
            given_up.cancel()
            await send(START)
            await send({"type": "http.response.body"})

        async def wait() -> None:
            async with asking(attended(thinking), line):
                await line.take_all()

        assert reasons_told(wait) == []
        assert line.is_whole


def test_who_hangs_up_frees_the_place_at_once() -> None:
    file, line = EndlessFile(), Line("/")

    async def hang_up() -> None:
        async with asking(attended(file), line) as answering:
            await line.take()
            assert places.taken() == 1
            line.hang_up()
            await ended(answering)

    assert reasons_told(hang_up) == []
    assert (file.was_told, places.taken()) == (True, 0)


def test_an_application_that_fails_frees_the_place_too() -> None:
    async def fails(scope: Any, _receive: Any, _send: Any) -> None:
        scope[READER].take_place(ANNA)
        raise ZeroDivisionError

    line = Line("/")
    with pytest.raises(ZeroDivisionError):
        asyncio.run(attended(fails)(line.scope, line.receive, line.send))
    assert places.taken() == 0


def test_sockets_are_none_of_its_business() -> None:
    seen: list[Any] = []

    async def socket(*call: Any) -> None:
        seen.extend(call)

    line = Line("/ws/")
    scope = {"type": "websocket"}
    asyncio.run(attended(socket)(scope, line.receive, line.send))
    assert seen == [scope, line.receive, line.send]


def reasons_told(act: Callable[[], Awaitable[None]]) -> list[str]:
    """Why somebody was given up, as the log says it: of the request that it names."""
    with capture_logs() as lines:
        asyncio.run(act())  # type: ignore[arg-type]  # a coroutine function
    told = [line for line in lines if line["event"] == "answer.given_up"]
    assert {line["request_id"] for line in told} <= {"seen"}
    return [line["reason"] for line in told]
