"""Which language a person reads: "en", "de" (Sie) or "de-informal" (du)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from core.languages import SPOKEN, browser_language
from shop.context import shop_of
from shop.models import FormOfAddress, Shop

# Machines and style sheets ask for these, also while the database is away. They speak no language.
WORDLESS: Final = ("/healthz/", "/readyz/", "/theme.css", "/shop/logo/")
COOKIE: Final = "language"


@dataclass(frozen=True)
class OwnLanguage:
    """What somebody signed in has chosen; "" follows the browser, or for the form the shop."""

    language: str = ""
    form_of_address: str = ""


ReadOwnLanguage = Callable[[HttpRequest], OwnLanguage]
_readers: list[ReadOwnLanguage] = []


def read_own_language_with(read: ReadOwnLanguage) -> None:
    """Filled by the app that knows users. Called once for each request that has a page."""
    _readers[:] = [read]


def language_code(language: str, form_of_address: str, shop: Shop) -> str:
    """Join a language and a form of address; an empty one follows the shop."""
    language = language or shop.language
    form = form_of_address or shop.form_of_address
    return "de-informal" if language == "de" and form == FormOfAddress.INFORMAL else language


class LanguageMiddleware:
    """Language and time zone of each request: the user's own, the browser's, the shop's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in WORDLESS:
            return self.get_response(request)
        shop = shop_of(request)
        code = language_of(request, shop)
        request.LANGUAGE_CODE = code
        with translation.override(code), timezone.override(shop.zone):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.headers.setdefault("Content-Language", code.partition("-")[0])
        return response


def language_of(request: HttpRequest, shop: Shop) -> str:
    """A user's own language, else what a visitor picked, else the browser's, else the shop's."""
    own = _readers[0](request) if _readers else OwnLanguage()
    return language_code(
        own.language or _picked(request) or browser_language(request), own.form_of_address, shop
    )


def speak_anew(request: HttpRequest) -> None:
    """After somebody chose a language or signed out: what is said is read on the next page."""
    translation.activate(language_of(request, shop_of(request)))


def _picked(request: HttpRequest) -> str:
    code = request.COOKIES.get(COOKIE, "")
    return code if code in SPOKEN else ""
