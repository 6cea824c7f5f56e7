"""Eight people who take a byte a second of a long file: pages are answered, and room comes back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installed.crowd import CUSTOMERS, SlowReader, cookies_of_leads, export
from tests.faults.installed.proxy import Proxy
from tests.faults.installed.running import Desk
from tests.waiting import wait_until

LONG = 600
# Of an answer in chunks that came in whole (RFC 9112 §7.1).
LAST_CHUNK = b"\r\n0\r\n\r\n"
# Whoever has to wait for a held worker waits for a minute; the machine has a lot to do meanwhile.
QUICK_SECONDS = 5


@pytest.fixture(scope="module")
def crowd(desk: Desk) -> list[str]:
    return cookies_of_leads(desk)


@contextmanager
def opened(desk: Desk, *, proxy_waits: int, desk_waits: int) -> Iterator[Proxy]:
    """All servers, with this patience for who takes nothing."""
    with throw_away_directory() as directory:
        proxy = Proxy(
            directory,
            web=desk.ports["8000"],
            sockets=desk.ports["8001"],
            stall_seconds=proxy_waits,
        )
        desk.public_url = proxy.environment["PUBLIC_URL"]
        desk.shortened = {"DOWNLOAD_STALL_SECONDS": str(desk_waits)}
        (desk.directory / "sockets.log").unlink(missing_ok=True)
        for name in ("web", "sockets"):
            desk.start(name)
            desk.wait_until_well(name)
        proxy.start(page="/healthz/")
        try:
            yield proxy
        finally:
            proxy.stop()
            for name in ("web", "sockets"):
                desk.stop(name)


def begun(proxy: Proxy, crowd: list[str]) -> list[SlowReader]:
    """Two for each of four people, which is all there is room for."""
    readers = [SlowReader(proxy, cookie) for cookie in crowd[:4] for _twice in range(2)]
    assert [one.status for one in readers] == [200] * 8
    return readers


def slowest(ask: Callable[[], int], *, times: int = 20) -> float:
    took = []
    for _time in range(times):
        started = time.monotonic()
        assert ask() == 200
        took.append(time.monotonic() - started)
    return max(took)


@pytest.mark.parametrize(
    ("proxy_waits", "desk_waits", "given_up"), [(LONG, 5, 8), (5, LONG, 0)], ids=["desk", "proxy"]
)
def test_slow_readers_keep_no_page_from_anybody_and_are_given_up(
    desk: Desk, crowd: list[str], proxy_waits: int, desk_waits: int, given_up: int
) -> None:
    with opened(desk, proxy_waits=proxy_waits, desk_waits=desk_waits) as proxy:
        readers = begun(proxy, crowd)
        assert slowest(lambda: proxy.ask("GET", "/admin/login/").status) < QUICK_SECONDS
        # The other server has connections left for others.
        assert slowest(lambda: ready(desk)) < QUICK_SECONDS
        wait_until(lambda: told(desk, "download.ended", "is_whole") == [False] * 8, seconds=60)
        assert told(desk, "answer.given_up", "reason") == ["too slow"] * given_up
        ends = [one.take_the_rest() for one in readers]
        assert [end for end in ends if end.endswith(LAST_CHUNK)] == []
        assert export(proxy, crowd[0]) == (200, CUSTOMERS + 1)
        assert '"level": "error"' not in desk.log_of("sockets")


def test_one_more_is_asked_to_wait_until_somebody_hangs_up(desk: Desk, crowd: list[str]) -> None:
    with opened(desk, proxy_waits=LONG, desk_waits=LONG) as proxy:
        readers = begun(proxy, crowd)
        assert [export(proxy, cookie)[0] for cookie in (crowd[0], crowd[4])] == [429, 429]
        for one in readers:
            one.hang_up()
        wait_until(lambda: told(desk, "download.ended", "is_whole") == [False] * 8)
        assert export(proxy, crowd[0]) == (200, CUSTOMERS + 1)
        assert told(desk, "answer.given_up", "reason") == []


def ready(desk: Desk) -> int:
    """What the server of sockets and files says of its database."""
    connection = HTTPConnection("127.0.0.1", desk.ports["8001"], timeout=20)
    connection.request("GET", "/readyz/", headers={"Host": "localhost"})
    status = connection.getresponse().status
    connection.close()
    return status


def told(desk: Desk, event: str, key: str) -> list[Any]:
    """What that server's log says of each of these events."""
    lines = [json.loads(line) for line in desk.log_of("sockets").splitlines()]
    return [line[key] for line in lines if line["event"] == event]
