"""Which language a person reads: "en", "de" (Sie) or "de-informal" (du)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real

from shop.context import shop_of
from shop.models import FormOfAddress, Shop


def language_code(language: str, form_of_address: str, shop: Shop) -> str:
    """Join a language and a form of address; an empty one follows the shop."""
    language = language or shop.language
    form = form_of_address or shop.form_of_address
    return "de-informal" if language == "de" and form == FormOfAddress.INFORMAL else language


class LanguageMiddleware:
    """Language and time zone for each request: the user's own setting, the browser's, the shop's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shop = shop_of(request)
        code = _language_of(request, shop)
        request.LANGUAGE_CODE = code
        with translation.override(code), timezone.override(shop.zone):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", code.partition("-")[0])
        return response


def _language_of(request: HttpRequest, shop: Shop) -> str:
    user = request.user
    if user.is_authenticated:
        customer = user.customer
        own = (customer.language if customer else "") or user.language
        return language_code(
            own or _browsers(request), customer.form_of_address if customer else "", shop
        )
    return language_code(_browsers(request), "", shop)


def _browsers(request: HttpRequest) -> str:
    """The first language of Accept-Language (RFC 9110 §12.5.4) that we speak; "" for none."""
    accepted = trans_real.parse_accept_lang_header(
        request.headers.get("Accept-Language", "").lower()
    )
    for code, _quality in accepted:
        if code[:2] in {"de", "en"}:
            return code[:2]
    return ""
