"""Nobody fills the disk with a request, nor brings an encoding of their own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from structlog.testing import capture_logs

from shopdesk.backup.server import Server
from shopdesk.bodies import LARGE_FILES, LARGEST_FORM, LARGEST_LOGO, LOGO, guarded
from shopdesk.metrics import REQUESTS
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

PIECE = LARGEST_FORM
# Of an import, at the limit that these tests set.
LIMIT = 4 * PIECE
MOST = (LARGEST_LOGO + LIMIT) // PIECE


def statuses(
    path: str, pieces: int, *, told: int | None = None, content_type: str = "", cookies: str = ""
) -> tuple[list[int], int]:
    """What is answered to so many pieces, and how many of them were taken in."""
    answered: list[int] = []
    waiting = [{"type": "http.request", "body": b"x" * PIECE, "more_body": True}] * pieces
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    taken = 0

    async def page(_scope: Any, receive: Any, send: Any) -> None:
        nonlocal taken
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            taken += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    headers = [] if told is None else [(b"content-length", str(told).encode())]
    headers += [(b"content-type", content_type.encode()), (b"cookie", cookies.encode())]
    scope = {"type": "http", "path": path, "headers": headers}
    async_to_sync(guarded(page))(scope, receive, send)
    return answered, taken


@pytest.mark.parametrize("path", ["/account/login/", "/admin/login/", "/nowhere/"])
def test_a_page_takes_in_no_more_than_a_form_can_hold(path: str) -> None:
    assert statuses(path, 1) == ([200], LARGEST_FORM)
    assert statuses(path, 50) == ([413], LARGEST_FORM)


def cookies_of(browser: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 403), ("reader", 403)]
)
def test_only_who_may_import_sends_a_large_file(
    cast: dict[str, User], settings: Any, who: str, status: int
) -> None:
    settings.IMPORT_SIZE_LIMIT = LIMIT
    cookies = cookies_of(sign_in(cast[who]))
    for path, most in ((LARGE_FILES, MOST), (LOGO, LARGEST_LOGO // PIECE)):
        for pieces in (2, most):
            taken = pieces * PIECE if status == 200 else 0
            sent = statuses(path, pieces, told=pieces * PIECE, cookies=cookies)
            assert sent == ([status], taken), path
        assert statuses(path, 1, told=most * PIECE + 1, cookies=cookies) == ([413], 0), path


@pytest.mark.django_db(transaction=True)
def test_a_large_body_has_to_say_its_length_whoever_sends_it(owner: User) -> None:
    cookies = cookies_of(sign_in(owner))
    assert statuses(LARGE_FILES, 2, cookies=cookies) == ([413], LARGEST_FORM)
    assert statuses(LARGE_FILES, 1, cookies=cookies) == ([200], LARGEST_FORM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "cookies",
    ["", "desk_8000=guessed", "desk_8000=" + "x" * 9000, 'desk_8000="guessed-\\000"', "="],
)
@pytest.mark.parametrize("path", [LARGE_FILES, LOGO])
def test_a_strangers_large_file_is_not_even_begun(settings: Any, cookies: str, path: str) -> None:
    settings.IMPORT_SIZE_LIMIT = LIMIT
    assert statuses(path, 2, told=LARGEST_FORM + 1, cookies=cookies) == ([403], 0)
    assert statuses(path, 10, cookies=cookies) == ([413], LARGEST_FORM)
    assert statuses(path, 10, told=5, cookies=cookies) == ([413], LARGEST_FORM)


@pytest.mark.parametrize("told", [LARGEST_FORM + 1, 10**18])
def test_a_body_that_says_it_is_too_large_is_not_even_begun(told: int) -> None:
    assert statuses("/account/login/", 1, told=told) == ([413], 0)
    assert statuses("/account/login/", 1, told=LARGEST_FORM) == ([200], PIECE)


def test_one_that_lies_about_its_length_is_counted_all_the_same() -> None:
    assert statuses("/account/login/", 50, told=10) == ([413], LARGEST_FORM)


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/healthz/", str(LARGEST_FORM + 1), "413 Request Entity Too Large"),
        ("/account/login/", "9" * 9000, "413 Request Entity Too Large"),
        ("/account/login/", "0" * 20 + "9" * 9, "413 Request Entity Too Large"),
        ("/healthz/", "0" * 9000, "200 OK"),
        ("/healthz/", str(LARGEST_FORM), "200 OK"),
        ("/healthz/", "", "200 OK"),
        ("/healthz/", "-1", "200 OK"),
        ("/healthz/", "many", "200 OK"),
    ],
)
@pytest.mark.django_db
def test_the_other_door_holds_to_the_same_limit(path: str, length: str, status: str) -> None:
    """Through the very application that gunicorn serves, and without reading the body."""
    from shopdesk.wsgi import application

    body = io.BytesIO(b"x" * 10)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "CONTENT_LENGTH": length, "wsgi.input": body,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "wsgi.url_scheme": "http",
    }  # fmt: skip
    answered: list[str] = []
    pieces = application(environ, lambda line, _headers, *_error: answered.append(line) or print)
    assert (answered, b"".join(pieces) != b"", body.tell()) == ([status], True, 0)


@pytest.mark.django_db(transaction=True)
def test_an_import_may_be_large_at_the_other_door_too(owner: User, settings: Any) -> None:
    from shopdesk.bodies import guarded_wsgi

    settings.IMPORT_SIZE_LIMIT = LIMIT
    page = guarded_wsgi(lambda _environ, _start: [b"page"])
    known = cookies_of(sign_in(owner))
    for length, cookies, answer in (
        (MOST * PIECE, known, b"page"),
        (MOST * PIECE + 1, known, b"This is too large"),
        (LARGEST_FORM + 1, "", b"Please sign in"),
        (LARGEST_FORM, "", b"page"),
    ):
        environ = {"PATH_INFO": LARGE_FILES, "CONTENT_LENGTH": str(length), "HTTP_COOKIE": cookies}
        [piece] = page(environ, lambda *_line: print)
        assert piece.startswith(answer)


@pytest.mark.django_db(transaction=True)
def test_after_a_restart_of_the_database_whoever_may_import_is_known_at_once(
    owner: User, settings: Any
) -> None:
    from shopdesk.bodies import guarded_wsgi

    settings.IMPORT_SIZE_LIMIT = LIMIT
    environ = {
        "PATH_INFO": LARGE_FILES, "CONTENT_LENGTH": str(10 * PIECE),
        "HTTP_COOKIE": cookies_of(sign_in(owner)),
    }  # fmt: skip
    with Server.of_the_desk().connect() as elsewhere:
        elsewhere.execute(
            "SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid]
        )
    page = guarded_wsgi(lambda _environ, _start: [b"page"])
    assert page(environ, lambda *_line: print) == [b"page"]


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_nobody_is_sent_to_sign_in(
    owner: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopdesk.bodies import guarded_wsgi

    settings.IMPORT_SIZE_LIMIT = LIMIT
    cookies = cookies_of(sign_in(owner))
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "not_there")
    assert statuses(LARGE_FILES, 10, told=10 * PIECE, cookies=cookies) == ([503], 0)
    environ = {"PATH_INFO": LARGE_FILES, "CONTENT_LENGTH": "999999", "HTTP_COOKIE": cookies}
    answered: list[str] = []
    guarded_wsgi(lambda *_call: [])(environ, lambda line, _headers: answered.append(line) or print)
    assert answered == ["503 Service Unavailable"]


FORM = "application/x-www-form-urlencoded"
FOREIGN = [
    "charset=utf-7", "charset=hex", 'CHARSET = "utf-16"', "charset='utf-8'", "charset*=utf-8''hex",
    "charset=utf-8; charset=hex", "charset=", "x=1; charset=unicode_escape", "charset=cp1252",
]  # fmt: skip
OURS = ["", "; charset=utf-8", '; charset="UTF-8"; x=1', ";charset=us-ascii", "; x=y"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [*((f"{FORM}; {one}", 415) for one in FOREIGN), *((f"{FORM}{one}", 200) for one in OURS)],
)
def test_text_is_utf_8_or_refused_at_both_doors(content_type: str, status: int) -> None:
    from shopdesk.bodies import guarded_wsgi

    assert statuses("/account/login/", 1, content_type=content_type)[0] == [status]
    answered: list[str] = []
    page = guarded_wsgi(lambda _environ, start: [b"page"] if start("200 OK", []) else [])
    page({"CONTENT_TYPE": content_type}, lambda line, _headers: answered.append(line) or print)
    assert [line[:3] for line in answered] == [str(status)]


def test_what_is_refused_is_counted_and_stands_in_the_log_at_both_doors() -> None:
    from shopdesk.bodies import guarded_wsgi

    def counted() -> float:
        return REQUESTS.labels("none", "4xx")._value.get()

    before = counted()
    with capture_logs() as lines:
        assert statuses("/account/login/", 1, content_type=f"{FORM}; charset=hex")[0] == [415]
        environ = {"PATH_INFO": "/account/login/", "CONTENT_LENGTH": str(LARGEST_FORM + 1)}
        guarded_wsgi(lambda *_call: [])(environ, lambda *_line: print)
    told = [(line["event"], line["status"]) for line in lines]
    assert told == [("request.refused", 415), ("request.refused", 413)]
    assert counted() - before == 2


@pytest.mark.parametrize("second", ["", "text/plain", f"{FORM}; charset=utf-8"])
def test_no_encoding_hides_behind_a_second_header(second: str) -> None:
    """Django joins the two, and takes "utf-16," for UTF-16."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message.get("status"))

    async def page(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError

    kinds = [f"{FORM}; charset=utf-16", second]
    headers = [(b"content-type", kind.encode()) for kind in kinds]
    scope = {"type": "http", "path": "/account/login/", "headers": headers}
    async_to_sync(guarded(page))(scope, None, send)
    assert said == [415, None]


def test_a_socket_is_refused_before_anything_is_asked() -> None:
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    async def page(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError

    async_to_sync(guarded(page))({"type": "websocket", "path": "/ws/"}, receive, send)
    assert said == [{"type": "websocket.close", "code": 1008}]
