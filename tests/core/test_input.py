"""NUL bytes are refused before anybody reads them; in a field, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.sessions import cookie_name
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/%00/", "/readyz/?q=%00", "/readyz/?%00=1", "/%00"])
def test_in_the_address(stranger: Client, path: str) -> None:
    assert stranger.get(path).status_code == 400


def test_in_the_name_of_a_field(stranger: Client) -> None:
    assert stranger.post("/account/login/", {"a\0b": "1"}).status_code == 400


@pytest.mark.parametrize("page", ["/account/recover/", "/account/login/", "/admin/login/"])
def test_what_was_typed_comes_back_with_a_sentence(stranger: Client, page: str) -> None:
    answer = stranger.post(page, {"email": "jana\0@example.de", "password": "Espresso"})
    assert answer.status_code == 422
    assert "Null characters are not allowed." in answer.context["form"].errors["email"]
    assert 'value="jana\0@example.de"' in answer.content.decode()


def test_in_a_line_of_a_customer(agent: User, customer: Customer) -> None:
    """Other signs that cannot be printed become a space; NUL is said."""
    typed = {"first_name": "Ja\0na", "last_name": "Mül\x07ler"}
    answer = sign_in(agent).post("/admin/customers/new/", typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors["first_name"] == ["Null characters are not allowed."]
    assert "last_name" not in answer.context["form"].errors
    assert "Mül" in answer.content.decode()


@pytest.mark.parametrize("door", ["desk", "shop"])
def test_in_a_sessions_cookie(stranger: Client, door: str) -> None:
    stranger.cookies[cookie_name(door)] = "12345678\0"
    assert stranger.get("/admin/" if door == "desk" else "/account/").status_code == 400


def test_everything_else_passes(stranger: Client) -> None:
    assert stranger.get("/readyz/?q=%F0%9F%98%80%20%25_%5C" + "x" * 10_000).status_code == 200
