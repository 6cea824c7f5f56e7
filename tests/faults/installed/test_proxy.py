"""The proxy itself, with the configuration that is installed, in front of servers that tell."""

from __future__ import annotations

import json
import socket
import ssl
import warnings
from contextlib import suppress
from http.client import HTTPConnection

import pytest
from django.test import RequestFactory

from core.client_ip import client_ip
from shopdesk.bodies import LARGEST_FORM
from tests.faults.installed.proxy import Proxy
from tests.faults.installed.running import Desk
from tests.faults.installed.upstream import Upstream
from tests.waiting import wait_until

FORGED = {
    "X-Forwarded-For": "203.0.113.66",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=203.0.113.66",
    "X-Real-IP": "203.0.113.66",
    "X-Request-ID": "chosen-by-the-client",
}


@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.2"])
@pytest.mark.parametrize("forged", [{}, FORGED, {"X-Forwarded-For": "203.0.113.66, 198.51.100.1"}])
def test_the_clients_address_is_what_the_proxy_saw(
    servers: tuple[Proxy, Upstream, Upstream], settings, source: str, forged: dict[str, str]
) -> None:
    settings.PROXY_COUNT = 1
    headers = servers[0].reached("GET", "/admin/", source=source, **forged)["headers"]
    asked = RequestFactory().get(
        "/", REMOTE_ADDR="172.18.0.5", headers={"X-Forwarded-For": headers["x-forwarded-for"]}
    )
    assert client_ip(asked) == source


def test_nothing_that_a_client_says_of_its_way_is_believed(
    servers: tuple[Proxy, Upstream, Upstream],
) -> None:
    proxy, *_ = servers
    headers = proxy.reached("GET", "/", **FORGED)["headers"]
    assert headers.pop("x-request-id") != FORGED["X-Request-ID"]
    told = {
        key: headers.get(key)
        for key in (
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "forwarded",
            "x-real-ip",
            "host",
        )
    }
    public = f"localhost:{proxy.https}"
    assert told == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": public,
        "forwarded": None,
        "x-real-ip": None,
        "host": public,
    }


def test_http_leads_to_https_and_serves_nothing(servers: tuple[Proxy, Upstream, Upstream]) -> None:
    proxy, web, _ = servers
    seen = len(web.seen)
    plain = HTTPConnection("localhost", proxy.http, timeout=10)
    plain.request("GET", "/admin/?q=1", headers={"Host": "localhost"})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://localhost/admin/?q=1")
    plain.close()
    assert len(web.seen) == seen


def test_another_host_is_not_served(servers: tuple[Proxy, Upstream, Upstream]) -> None:
    proxy, web, _ = servers
    seen = len(web.seen)
    assert proxy.ask("GET", "/", Host="evil.example").text == ""  # type: ignore[attr-defined]  # see ask
    assert len(web.seen) == seen


def test_old_tls_is_refused_and_the_server_keeps_its_name_to_itself(
    servers: tuple[Proxy, Upstream, Upstream],
) -> None:
    proxy, *_ = servers
    answer = proxy.ask("GET", "/")
    assert (answer.headers["Server"], answer.headers["Via"]) == (None, "1.1 Caddy")
    assert answer.headers["Alt-Svc"].startswith('h3=":')
    old = proxy.trust()
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("localhost", proxy.https)) as line,
        pytest.raises(ssl.SSLError, match=r"protocol version|NO_PROTOCOLS|PROTOCOL_VERSION"),
        old.wrap_socket(line, server_hostname="localhost"),
    ):
        pass


@pytest.mark.parametrize(
    ("method", "path", "server"),
    [
        ("GET", "/admin/", "web"),
        ("POST", "/admin/customers/12/reset-requests/", "web"),
        ("GET", "/admin/customers/imports/", "web"),
        ("POST", "/admin/customers/imports/", "sockets"),
        ("POST", "/admin/customers/imports/7/start/", "web"),
        ("POST", "/anywhere/imports/", "web"),
        ("POST", "/admin/customers/imports/7/problems/", "sockets"),
        ("POST", "/admin/customers/imports/7/changes/", "sockets"),
        ("POST", "/admin/customers/imports/7/8/changes/", "web"),
        ("POST", "/admin/customers/bulk-changes/7/results/", "sockets"),
        ("POST", "/admin/customers/bulk-changes/7/undoing/", "web"),
        ("POST", "/admin/customers/exports/", "sockets"),
        ("GET", "/admin/customers/exports/", "web"),
        ("POST", "/admin/settings/shop/logo/", "sockets"),
        ("POST", "/admin/settings/shop/logo/removal/", "web"),
        ("GET", "/ws/desk/", "sockets"),
        ("GET", "/wsx/", "web"),
    ],
)
def test_each_request_reaches_the_server_it_is_for(
    servers: tuple[Proxy, Upstream, Upstream], method: str, path: str, server: str
) -> None:
    proxy, web, sockets = servers
    expected = web if server == "web" else sockets
    proxy.reached(method, path)
    assert expected.seen[-1]["path"] == path


def test_a_sockets_upgrade_is_passed_on_and_both_may_speak(
    servers: tuple[Proxy, Upstream, Upstream],
) -> None:
    proxy, *_ = servers
    stream = proxy.speak("/ws/desk/")
    for word in (b"first\n", b"second\n"):
        stream.write(word)
        stream.flush()
        assert stream.readline() == word.upper()
    stream.close()


@pytest.mark.parametrize(
    ("path", "length", "server", "waits"),
    [
        ("/admin/settings/shop/", 200_000, "web", True),
        ("/admin/settings/shop/logo/", 200_000, "sockets", True),
        ("/admin/customers/imports/", LARGEST_FORM, "sockets", True),
        ("/admin/customers/exports/", 200_000, "sockets", True),
        ("/admin/customers/bulk-changes/7/results/", 200_000, "sockets", True),
        ("/admin/settings/shop/logo/", LARGEST_FORM + 1, "sockets", False),
        ("/admin/customers/imports/", 2_000_000, "sockets", False),
    ],
)
def test_a_slow_form_keeps_no_place_of_anybody_and_a_large_file_is_passed_on(
    servers: tuple[Proxy, Upstream, Upstream], path: str, length: int, server: str, waits: bool
) -> None:
    proxy, web, sockets = servers
    behind = web if server == "web" else sockets
    before, pages = len(behind.begun), len(web.begun)
    connection = proxy.connect()
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(length))
    connection.endheaders(b"x" * 100_000)
    if waits:
        # Somebody else is answered meanwhile, and the half form has reached nobody.
        assert proxy.ask("GET", "/").status == 200
        assert web.begun[pages:] == ["/"]
        assert path not in behind.begun[before:]
    else:
        wait_until(lambda: behind.begun[before:] == [path], what="the file's beginning")
    connection.send(b"x" * (length - 100_000))
    assert json.loads(connection.getresponse().read())["length"] == length
    connection.close()


@pytest.mark.parametrize("told", ["0200000", "000000200000", "+200000", "2e5"])
def test_no_length_that_is_written_otherwise_makes_a_form_a_file(
    servers: tuple[Proxy, Upstream, Upstream], told: str
) -> None:
    proxy, _, sockets = servers
    before = len(sockets.begun)
    connection = proxy.connect()
    connection.putrequest("POST", "/admin/customers/imports/")
    connection.putheader("Content-Length", told)
    connection.endheaders(b"x" * 100)
    assert proxy.ask("GET", "/").status == 200
    assert sockets.begun[before:] == []
    connection.close()


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/admin/settings/shop/", 8_000_000, 413),
        ("/admin/settings/shop/", 300_000, 413),
        ("/admin/settings/shop/", LARGEST_FORM + 1, 413),
        ("/admin/settings/shop/", LARGEST_FORM, 200),
        ("/anywhere/imports/", 300_000, 413),
        ("/admin/customers/exports/", 300_000, 413),
        ("/admin/customers/exports/", LARGEST_FORM + 1, 413),
        ("/admin/customers/exports/", LARGEST_FORM, 200),
        ("/admin/customers/imports/", LARGEST_FORM, 200),
        ("/admin/customers/imports/", LARGEST_FORM + 1, 200),
        ("/admin/settings/shop/logo/", 5_000_000, 200),
        ("/admin/customers/imports/", 9_000_000, 200),
    ],
)
def test_only_files_may_be_larger_than_a_form(
    servers: tuple[Proxy, Upstream, Upstream], path: str, length: int, status: int
) -> None:
    proxy, *behind = servers
    seen = [len(server.seen) for server in behind]
    connection = proxy.connect()
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    with suppress(OSError):  # it may be refused long before all of it has come
        connection.send(b"x" * length)
    assert connection.getresponse().status == status
    connection.close()
    if status == 413:
        arrived = [one for server, at in zip(behind, seen, strict=True) for one in server.seen[at:]]
        assert [one for one in arrived if one["length"] == length] == []


def test_the_desk_behind_it_speaks_of_https_alone(desk: Desk) -> None:
    """The real page server behind the real proxy: HSTS, secure cookies, the public address."""
    proxy = Proxy(desk.directory, web=desk.ports["8000"], sockets=desk.ports["8001"])
    desk.public_url = proxy.environment["PUBLIC_URL"]
    desk.start("web")
    desk.wait_until_well("web")
    proxy.start(page="/healthz/")
    answer = proxy.ask("GET", "/admin/login/")
    proxy.stop()
    desk.stop("web")
    assert (
        answer.headers["Strict-Transport-Security"]
        == "max-age=63072000; includeSubDomains; preload"
    )
    cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and cookie.startswith("__Host-") for cookie in cookies)
