"""What logs never hold."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest
import structlog
from django.core.exceptions import BadRequest
from django.urls import path

from core import logs
from core.views import public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse
    from django.test import Client

TOKEN = "1a." + "Zq-_" * 10 + "abc"


@public
def breaks(request: HttpRequest, token: str) -> HttpResponse:
    raise ValueError(f"jana.mueller@example.de cannot use {token}")


urlpatterns = [path("account/reset/<token>/", breaks)]


class Output(io.StringIO):
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def output() -> Iterator[Output]:
    """What would go to standard error."""
    [handler] = [
        one for one in logging.getLogger().handlers if one.__class__ is logging.StreamHandler
    ]
    stream = Output()
    before = handler.setStream(stream)  # type: ignore[attr-defined]  # a StreamHandler
    yield stream
    handler.setStream(before)  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    "key", ["email", "to", "password", "token", "link", "name", "phone", "url"]
)
def test_values_of_telling_keys_are_blanked(output: Output, key: str) -> None:
    structlog.get_logger("tests").warning("mail.failed", **{key: "anything"})
    [line] = output.lines()
    assert (line["event"], line[key]) == ("mail.failed", "[redacted]")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no mail to <jana.mueller@example.de>", "no mail to <[address]>"),
        ("Key (email)=(jana@example.de) exists", "Key (email)=([address]) exists"),
        ("duplicate key\nDETAIL:  Key (name)=(Jana) exists", "duplicate key\nDETAIL: [row]"),
        (f"GET /account/reset/{TOKEN}/", "GET /account/reset/[token]/"),
        ("GET /admin/customers/?q=M%C3%BCller&page=2", "GET /admin/customers/?[query]"),
        ("accounts.send_reset_link", "accounts.send_reset_link"),
        ("request aae2435d238c4930be423a65dfdc43dd", "request aae2435d238c4930be423a65dfdc43dd"),
    ],
)
def test_texts_lose_what_identifies_or_opens(output: Output, text: str, written: str) -> None:
    logging.getLogger("library").warning(text)
    assert [line["event"] for line in output.lines()] == [written]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_page_that_breaks_leaves_route_and_id_but_no_token(
    output: Output, stranger: Client
) -> None:
    stranger.raise_request_exception = False
    response = stranger.get(f"/account/reset/{TOKEN}/", headers={"X-Request-ID": "test-0000-0001"})
    broken, answered = output.lines()
    assert response.status_code == 500
    assert broken["event"] == "Internal Server Error: /account/reset/<token>/"
    assert (answered["event"], answered["status"]) == ("request.answered", 500)
    assert {line["request_id"] for line in (broken, answered)} == {"test-0000-0001"}
    assert (TOKEN in output.getvalue(), "jana" in output.getvalue()) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "asked", "view", "status"),
    [
        ("get", f"/account/reset/{TOKEN}/", "account_reset", 404),
        ("get", "/admin/customers/?q=jana.mueller@example.de", "customer_list", 302),
        ("post", "/healthz/", "healthz", 405),
        ("get", "/jana.mueller@example.de/", "none", 404),
    ],
)
def test_each_request_leaves_one_line_that_names_its_view(
    output: Output, stranger: Client, method: str, asked: str, view: str, status: int
) -> None:
    headers = {"X-Request-ID": "test-0000-0002"}
    getattr(stranger, method)(asked, headers=headers)
    (line,) = [one for one in output.lines() if one["event"] == "request.answered"]
    assert (line["method"], line["view"], line["status"]) == (method.upper(), view, status)
    assert line["request_id"] == "test-0000-0002"
    assert isinstance(line["ms"], float)
    assert (TOKEN in output.getvalue(), "jana" in output.getvalue()) == (False, False)


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "uvicorn.access"])
def test_the_web_servers_own_lines_go_the_same_way(name: str) -> None:
    logger = logging.getLogger(name)
    assert (logger.handlers, logger.propagate) == ([], True)


@pytest.mark.parametrize(
    "nested", [["jana@example.de"], {"of": {"jana@example.de": 1}}, ({"to": "jana@example.de"},)]
)
def test_texts_deep_inside_are_cleaned_as_well(output: Output, nested: object) -> None:
    structlog.get_logger("tests").warning("mail.failed", about=nested)
    assert "jana" not in output.getvalue()
    assert "[address]" in output.getvalue()


def refuse() -> None:
    raise BadRequest(f"{TOKEN} of anna@example.de")


def test_exceptions_are_cleaned_too(output: Output) -> None:
    try:
        refuse()
    except BadRequest:
        structlog.get_logger("tests").exception("import.failed")
    [line] = output.lines()
    assert str(line["exception"]).splitlines()[-1].endswith("BadRequest: [token] of [address]")


@pytest.mark.parametrize("piece", ["a", "a.", "a-", "a@", "a@b=", "?", "?a", "\n", " ", "aB-"])
@pytest.mark.parametrize("pattern", [logs.ADDRESS, logs.WORD, logs.ROW, logs.QUERY])
def test_a_stranger_cannot_keep_the_log_busy(pattern: re.Pattern[str], piece: str) -> None:
    """A pattern that looks at each sign again for each other would not be done with this today."""
    text = piece * (500_000 // len(piece))
    assert len(pattern.sub("", text)) <= len(text)


def test_what_a_stranger_sends_is_cut(output: Output) -> None:
    structlog.get_logger("tests").warning("origin.refused", origin="a." * 50_000)
    [line] = output.lines()
    assert (len(str(line["origin"])), str(line["origin"])[-5:]) == (20_007, "[cut]")


def test_half_an_address_at_the_cut_is_blanked_as_well(output: Output) -> None:
    address = "jana.mueller@example.de"
    for seen in range(len(address)):
        text = f"{'x' * (logs.LONGEST_TEXT - seen - 1)} {address}"
        logging.getLogger("library").warning(text)
    assert "jana" not in output.getvalue()
