"""Each answer and each line of its log carry the same id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from django.http import HttpResponse

from core.request_id import RequestIdMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.test import RequestFactory


def answer_with_id(request: HttpRequest) -> HttpResponse:
    return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])


def test_a_request_gets_an_id_that_its_log_shares(rf: RequestFactory) -> None:
    middleware = RequestIdMiddleware(answer_with_id)
    first, second = middleware(rf.get("/")), middleware(rf.get("/"))
    assert first.text == first["X-Request-ID"]
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert len(first["X-Request-ID"]) == 32


def test_the_proxys_id_is_taken_over(rf: RequestFactory) -> None:
    given = rf.get("/", headers={"X-Request-ID": "edge-2026-11-22-0001"})
    assert RequestIdMiddleware(answer_with_id)(given)["X-Request-ID"] == "edge-2026-11-22-0001"


@pytest.mark.parametrize("given", ["short", "x" * 65, 'id" onload="x', "id\nSet-Cookie: a=b", ""])
def test_an_id_that_could_do_harm_is_replaced(rf: RequestFactory, given: str) -> None:
    request = rf.get("/", HTTP_X_REQUEST_ID=given)
    assert len(RequestIdMiddleware(answer_with_id)(request)["X-Request-ID"]) == 32


def test_the_id_is_forgotten_after_the_request(rf: RequestFactory) -> None:
    RequestIdMiddleware(answer_with_id)(rf.get("/"))
    assert "request_id" not in structlog.contextvars.get_contextvars()
