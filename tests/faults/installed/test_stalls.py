"""Who stops in the middle keeps nothing from others; who only waits for an answer is left alone."""

from __future__ import annotations

import json
from contextlib import suppress
from http.client import HTTPException

import pytest

from tests.faults.installed.proxy import STALL_SECONDS, Proxy
from tests.faults.installed.upstream import Upstream

Servers = tuple[Proxy, Upstream, Upstream]


@pytest.mark.parametrize("path", ["/admin/settings/shop/", "/admin/customers/imports/"])
def test_who_stops_in_the_middle_of_a_request_is_given_up(servers: Servers, path: str) -> None:
    proxy, web, sockets = servers
    web.slow_seconds = STALL_SECONDS * 1.5
    connection = proxy.connect()
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", "200000")
    connection.endheaders(b"x" * 1000)
    assert proxy.ask("GET", "/admin/slow/").status == 200
    with suppress(ConnectionError, HTTPException):
        connection.send(b"x" * 199_000)
        assert connection.getresponse().status >= 400
    connection.close()
    assert 200_000 not in {one["length"] for one in (*web.seen, *sockets.seen)}


@pytest.mark.parametrize("path", ["/admin/slow/", "/ws/slow/"])
def test_who_waits_for_a_slow_answer_is_not(servers: Servers, path: str) -> None:
    proxy, web, sockets = servers
    web.slow_seconds = sockets.slow_seconds = STALL_SECONDS * 1.5
    answer = proxy.ask("POST", path, b"x" * 1000)
    assert (answer.status, json.loads(answer.text)["length"]) == (200, 1000)  # type: ignore[attr-defined]  # see Proxy.ask


def test_a_socket_may_be_quiet_for_longer(servers: Servers) -> None:
    proxy, web, _ = servers
    web.slow_seconds = STALL_SECONDS * 1.5
    stream = proxy.speak("/ws/desk/")
    assert proxy.ask("GET", "/admin/slow/").status == 200
    stream.write(b"still there\n")
    stream.flush()
    assert stream.readline() == b"STILL THERE\n"
    stream.close()
