"""Nobody fills the disk with a request."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync

from shopdesk.body_limit import LARGE_FILES, LARGEST_BODY, limited

PIECE = 1024 * 1024


def statuses(path: str, pieces: int) -> tuple[list[int], int]:
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

    async_to_sync(limited(page))({"type": "http", "path": path}, receive, send)
    return answered, taken


@pytest.mark.parametrize("path", ["/account/login/", "/admin/login/", "/nowhere/"])
def test_a_page_takes_in_no_more_than_a_form_can_hold(path: str) -> None:
    assert statuses(path, 6) == ([200], LARGEST_BODY)
    assert statuses(path, 50) == ([413], LARGEST_BODY)


def test_an_import_may_be_as_large_as_the_shop_allows(settings: Any) -> None:
    settings.IMPORT_SIZE_LIMIT = 4 * PIECE
    assert statuses(LARGE_FILES, 10) == ([200], 10 * PIECE)
    assert statuses(LARGE_FILES, 11) == ([413], 10 * PIECE)
