"""Nobody fills the disk with a request, nor brings an encoding of their own."""

from __future__ import annotations

import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from shopdesk.bodies import LARGE_FILES, LARGEST_BODY, guarded

PIECE = 1024 * 1024


def statuses(
    path: str, pieces: int, *, told: int | None = None, content_type: str = ""
) -> tuple[list[int], int]:
    """What is answered to so many megabytes, and how many of them were taken in."""
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
    headers.append((b"content-type", content_type.encode()))
    scope = {"type": "http", "path": path, "headers": headers}
    async_to_sync(guarded(page))(scope, receive, send)
    return answered, taken


@pytest.mark.parametrize("path", ["/account/login/", "/admin/login/", "/nowhere/"])
def test_a_page_takes_in_no_more_than_a_form_can_hold(path: str) -> None:
    assert statuses(path, 6) == ([200], LARGEST_BODY)
    assert statuses(path, 50) == ([413], LARGEST_BODY)


def test_an_import_may_be_as_large_as_the_shop_allows(settings: Any) -> None:
    settings.IMPORT_SIZE_LIMIT = 4 * PIECE
    assert statuses(LARGE_FILES, 10) == ([200], 10 * PIECE)
    assert statuses(LARGE_FILES, 11) == ([413], 10 * PIECE)


@pytest.mark.parametrize("told", [LARGEST_BODY + 1, 10**18])
def test_a_body_that_says_it_is_too_large_is_not_even_begun(told: int) -> None:
    assert statuses("/account/login/", 1, told=told) == ([413], 0)
    assert statuses("/account/login/", 1, told=LARGEST_BODY) == ([200], PIECE)


def test_one_that_lies_about_its_length_is_counted_all_the_same() -> None:
    assert statuses("/account/login/", 50, told=10) == ([413], LARGEST_BODY)


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/healthz/", str(LARGEST_BODY + 1), "413 Request Entity Too Large"),
        ("/account/login/", "9" * 9000, "413 Request Entity Too Large"),
        ("/healthz/", str(LARGEST_BODY), "200 OK"),
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


def test_an_import_may_be_large_at_the_other_door_too(settings: Any) -> None:
    from shopdesk.bodies import guarded_wsgi

    settings.IMPORT_SIZE_LIMIT = 4 * PIECE
    page = guarded_wsgi(lambda _environ, _start: [b"page"])
    for length, answer in ((10 * PIECE, b"page"), (10 * PIECE + 1, b"This is too large.\n")):
        environ = {"PATH_INFO": LARGE_FILES, "CONTENT_LENGTH": str(length)}
        assert page(environ, lambda *_line: print) == [answer]


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
