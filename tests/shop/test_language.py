"""Which language a person reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext, trans_real

from shop import language
from shop.language import LanguageMiddleware, OwnLanguage, language_code, language_of
from shop.models import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.test import RequestFactory


@pytest.fixture
def shop() -> Shop:
    return Shop(language="de", form_of_address="formal", time_zone="Asia/Tokyo")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> list[OwnLanguage]:
    """What the one who is signed in has chosen; nothing to begin with."""
    chosen = [OwnLanguage()]
    monkeypatch.setattr(language, "_readers", [lambda request: chosen[0]])
    return chosen


def asking(rf: RequestFactory, accepts: str = "", picked: str = "") -> HttpRequest:
    request = rf.get("/account/", headers={"Accept-Language": accepts} if accepts else {})
    if picked:
        request.COOKIES["language"] = picked
    return request


@pytest.mark.parametrize(
    ("spoken", "form", "code"),
    [
        ("", "", "de"),
        ("en", "", "en"),
        ("en", "informal", "en"),
        ("de", "formal", "de"),
        ("de", "informal", "de-informal"),
        ("", "informal", "de-informal"),
    ],
)
def test_language_and_form_make_one_code(shop: Shop, spoken: str, form: str, code: str) -> None:
    assert language_code(spoken, form, shop) == code


def test_an_informal_shop_says_du_to_all_who_did_not_choose(shop: Shop) -> None:
    shop.form_of_address = "informal"
    assert language_code("de", "", shop) == "de-informal"
    assert language_code("de", "formal", shop) == "de"


@pytest.mark.parametrize(
    ("chosen", "picked", "accepts", "code"),
    [
        (OwnLanguage("en"), "de", "de", "en"),
        (OwnLanguage("de", "informal"), "en", "en", "de-informal"),
        (OwnLanguage(), "en", "de", "en"),
        (OwnLanguage(), "", "en-GB,en;q=0.9,de;q=0.8", "en"),
        (OwnLanguage(), "", "fr-FR,de;q=0.5", "de"),
        (OwnLanguage(), "", "en;q=0,de;q=0.1", "de"),
        (OwnLanguage(), "", "fr", "de"),
        (OwnLanguage(), "fr", "*", "de"),
        (OwnLanguage(), "", "x" * 10_000, "de"),
        (OwnLanguage(form_of_address="informal"), "", "de", "de-informal"),
    ],
)
def test_own_then_picked_then_browser_then_shop(
    rf: RequestFactory,
    own: list[OwnLanguage],
    shop: Shop,
    chosen: OwnLanguage,
    picked: str,
    accepts: str,
    code: str,
) -> None:
    own[0] = chosen
    assert language_of(asking(rf, accepts, picked), shop) == code


def test_a_page_says_its_language_and_what_it_depends_on(
    rf: RequestFactory, own: list[OwnLanguage], shop: Shop
) -> None:
    request = asking(rf, "de")
    request._shop = shop
    seen = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
        return HttpResponse()

    response = LanguageMiddleware(page)(request)
    assert seen == [("de", "Asia/Tokyo")]
    assert (response["Content-Language"], response["Vary"]) == ("de", "Accept-Language, Cookie")


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/theme.css", "/shop/logo/"])
def test_what_machines_ask_for_needs_no_shop(rf: RequestFactory, path: str) -> None:
    # Without the database: this test has not asked for it.
    response = LanguageMiddleware(lambda request: HttpResponse())(rf.get(path))
    assert "Vary" not in response


@pytest.fixture
def catalogues(tmp_path: Path, settings) -> Iterator[None]:
    """Real compiled catalogues: German complete, du only where it differs."""
    _compile(tmp_path / "de", {"Save": "Speichern", "Your orders": "Ihre Bestellungen"})
    _compile(tmp_path / "de_Informal", {"Your orders": "Deine Bestellungen"})
    settings.LOCALE_PATHS = [tmp_path]
    _forget_catalogues()
    yield
    _forget_catalogues()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("de-informal", ["Deine Bestellungen", "Speichern", "Never translated"]),
        ("de", ["Ihre Bestellungen", "Speichern", "Never translated"]),
        ("en", ["Your orders", "Save", "Never translated"]),
    ],
)
def test_du_falls_back_to_sie_and_that_to_english(
    catalogues: None, code: str, words: list[str]
) -> None:
    with translation.override(code):
        # Words that come out of a variable: these are no strings of ours to collect.
        sources = ["Your orders", "Save", "Never translated"]
        assert [gettext(source) for source in sources] == words


def _compile(folder: Path, words: dict[str, str]) -> None:
    catalogue = Catalog(locale="de")
    for source, german in words.items():
        catalogue.add(source, german)
    (folder / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "LC_MESSAGES" / "django.mo").open("wb") as stream:
        write_mo(stream, catalogue)


def _forget_catalogues() -> None:
    """As Django does when a catalogue changes below its development server."""
    import gettext as standard

    standard._translations = {}  # type: ignore[attr-defined]  # the standard library's cache
    trans_real._translations = {}
    trans_real._default = None
