"""NUL bytes are refused before anybody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.sessions import cookie_name

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/%00/", "/readyz/?q=%00", "/readyz/?%00=1", "/%00"])
def test_in_the_address(stranger: Client, path: str) -> None:
    assert stranger.get(path).status_code == 400


@pytest.mark.parametrize("form", [{"next": "a\0b"}, {"a\0b": "1"}, {"next": ["a", "\0"]}])
def test_in_a_form(stranger: Client, form: dict[str, object]) -> None:
    assert stranger.post("/language/", form).status_code == 400


@pytest.mark.parametrize("door", ["desk", "shop"])
def test_in_a_sessions_cookie(stranger: Client, door: str) -> None:
    stranger.cookies[cookie_name(door)] = "12345678\0"
    assert stranger.get("/admin/" if door == "desk" else "/account/").status_code == 400


def test_everything_else_passes(stranger: Client) -> None:
    assert stranger.get("/readyz/?q=%F0%9F%98%80%20%25_%5C" + "x" * 10_000).status_code == 200
