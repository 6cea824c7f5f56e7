"""What the storefront and mails show of the shop: its colour, its logo, its languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core.languages import SPOKEN
from core.views import public
from shop.colours import dark_theme, light_theme
from shop.language import COOKIE
from shop.models import Shop

if TYPE_CHECKING:
    from django.http import HttpRequest

YEAR = 365 * 24 * 3600
FOR_EVER = f"public, max-age={YEAR}, immutable"
FOR_A_WHILE = "public, max-age=300"


@public
@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The brand's tokens, on top of the storefront's style sheet."""
    shop = Shop.current()
    themes = {"light": light_theme(shop.colour), "dark": dark_theme(shop.colour)}
    response = render(request, "shop/theme.css", themes, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = _cache_for(request, str(shop.version))
    return response


@public
@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The shop's logo: always the present one, so that mails of last year show a logo too."""
    file = Shop.objects.select_related("logo").get(pk=1).logo
    if file is None:
        raise Http404
    response = HttpResponse(file.read(), content_type=file.content_type)
    response["Cache-Control"] = _cache_for(request, str(file.pk))
    response["Content-Disposition"] = 'inline; filename="logo.png"'
    return response


@public
@require_POST
def language_choice(request: HttpRequest) -> HttpResponse:
    """Keep a visitor's language in a cookie: a stranger's choice makes no row in our database."""
    response = HttpResponseRedirect(_way_back(request))
    code = request.POST.get("language", "")
    if code in SPOKEN:
        response.set_cookie(
            COOKIE, code, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax"
        )
    return response


def _cache_for(request: HttpRequest, version: str) -> str:
    """What was asked for by its present version never changes; any other is the newest for now."""
    return FOR_EVER if request.GET.get("v") == version else FOR_A_WHILE


def _way_back(request: HttpRequest) -> str:
    """The page the visitor was on, never one outside."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else resolve_url("account_home")
