"""What everybody sees of the shop: its style sheet, its logo, its languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop.models import Shop, StoredFile
from tests.shop.pictures import png

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"


def test_the_style_sheet_carries_the_shops_colour(stranger: Client) -> None:
    Shop.current().change(by=None, colour="#ffe14d")
    response = stranger.get(Shop.current().theme_url)
    lines = [line.strip() for line in response.text.splitlines()]
    assert lines[1] == "--brand: #ffe14d;"
    assert lines[4] == "--on-brand: #000000;"
    assert response["Content-Type"] == "text/css; charset=utf-8"


def test_the_present_style_sheet_may_be_kept_for_ever(stranger: Client) -> None:
    assert stranger.get("/theme.css?v=1")["Cache-Control"] == FOR_EVER
    assert stranger.get("/theme.css?v=9")["Cache-Control"] == FOR_A_WHILE
    assert stranger.get("/theme.css")["Cache-Control"] == FOR_A_WHILE


@pytest.mark.parametrize("path", ["/theme.css", "/shop/logo/"])
def test_caches_may_share_it_between_visitors(stranger: Client, path: str) -> None:
    Shop.current().change_logo(StoredFile.store(png(), name="", content_type="image/png"), by=None)
    response = stranger.get(path)
    assert (response.get("Vary", ""), len(response.cookies)) == ("", 0)


def test_the_logo_is_served_as_what_it_is(stranger: Client) -> None:
    shop = Shop.current()
    shop.change_logo(StoredFile.store(png(), name="x", content_type="image/png"), by=None)
    response = stranger.get(shop.logo_url)
    assert response.content == png().getvalue()
    headers = ("Content-Type", "Cache-Control", "X-Content-Type-Options")
    assert [response[name] for name in headers] == ["image/png", FOR_EVER, "nosniff"]


def test_the_address_in_an_old_mail_shows_the_present_logo(stranger: Client) -> None:
    shop = Shop.current()
    shop.change_logo(StoredFile.store(png(), name="x", content_type="image/png"), by=None)
    old = shop.logo_url
    shop.change_logo(StoredFile.store(png((9, 9)), name="x", content_type="image/png"), by=None)
    response = stranger.get(old)
    assert (response.content, response["Cache-Control"]) == (png((9, 9)).getvalue(), FOR_A_WHILE)


def test_a_shop_without_a_logo_has_none(stranger: Client) -> None:
    assert stranger.get("/shop/logo/").status_code == 404


def test_a_visitor_picks_a_language(stranger: Client) -> None:
    response = stranger.post("/language/", {"language": "en", "next": "/account/login/"})
    assert (response.status_code, response["Location"]) == (302, "/account/login/")
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")


@pytest.mark.parametrize("language", ["", "fr", "de\0", "x" * 10_000])
def test_a_language_we_do_not_speak_is_not_kept(stranger: Client, language: str) -> None:
    response = stranger.post("/language/", {"language": language})
    assert (response.status_code in {302, 400}, "language" in response.cookies) == (True, False)


@pytest.mark.parametrize(
    "place", ["//evil.example/", "https://evil.example/", "/\\evil.example", ""]
)
def test_a_choice_of_language_leads_nowhere_else(stranger: Client, place: str) -> None:
    response = stranger.post("/language/", {"language": "de", "next": place})
    assert response["Location"] == "/account/"


def test_a_get_picks_nothing(stranger: Client) -> None:
    assert stranger.get("/language/?language=de").status_code == 405
