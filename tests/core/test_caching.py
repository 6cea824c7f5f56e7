"""No cache keeps what is not for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/account/", "/account/login/", "/nowhere/", "/?q=%00"]
)
def test_nobody_keeps_a_page(stranger: Client, path: str) -> None:
    assert stranger.get(path)["Cache-Control"] == "no-store"


def test_what_is_for_everybody_says_so_itself(stranger: Client) -> None:
    assert stranger.get("/theme.css")["Cache-Control"] == "public, max-age=300"
