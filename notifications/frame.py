"""The frame around every mail: the shop's name or logo, its colour, its imprint; light and dark."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

import css_inline
import mrml
from babel import Locale
from django.conf import settings
from django.utils.translation import gettext as _

from core.money import babel_locale
from notifications.liquid import Written, frame_liquid, nil_for_blank
from notifications.markdown import Block
from notifications.texts import NoText, found_template
from shop.colours import dark_theme, light_theme
from shop.models import Shop

# Logos are shown at most this wide, in pixels.
LOGO_WIDTH = 160
# By itself MJML loads fonts it knows by name from Google, which tells Google who reads which mail.
WITHOUT_FONTS = mrml.RenderOptions(fonts={})


def shop_values(shop: Shop) -> dict[str, Any]:
    """What templates know as `shop`, named as in Shopify where Shopify has a name for it."""
    return {
        "name": shop.name,
        "email": shop.email,
        "phone": shop.phone,
        "url": shop.website or settings.PUBLIC_URL,
        "address": ", ".join(_postal_lines(shop)),
    }


def render(shop: Shop, *, title: str, preheader: str, blocks: list[Block], language: str) -> str:
    """The whole mail as HTML with its styles inlined."""
    values = {
        "title": title,
        "preheader": preheader,
        "language": language.partition("-")[0],
        "shop": shop_values(shop) | {"logo_url": _logo_url(shop), "logo_width": LOGO_WIDTH},
        "imprint": imprint_lines(shop),
        "blocks": [asdict(block) | {"html": Written(block.html)} for block in blocks],
        "light": asdict(light_theme(shop.colour)),
        "dark": asdict(dark_theme(shop.colour)),
        "button_fails": _("If the button does not work, open this address in your browser:"),
    }
    source = frame_liquid().from_string(_source()).render(**nil_for_blank(values))
    return str(_inliner().inline(mrml.to_html(source, None, WITHOUT_FONTS).content))


def imprint_lines(shop: Shop) -> list[str]:
    """Who writes: the shop, the company behind it, and their address."""
    company = shop.company if shop.company != shop.name else ""
    return [line for line in (shop.name, company, *_postal_lines(shop)) if line]


def imprint_text(shop: Shop) -> str:
    return "\n".join(line for line in (*imprint_lines(shop), shop.email, shop.phone) if line)


def _postal_lines(shop: Shop) -> list[str]:
    place = " ".join(part for part in (shop.postal_code, shop.city) if part)
    country = Locale.parse(babel_locale()).territories.get(shop.country, shop.country)
    lines = [shop.street, place, country if place else ""]
    return [line for line in lines if line]


def _logo_url(shop: Shop) -> str:
    return f"{settings.PUBLIC_URL}/shop/logo/?v={shop.version}" if shop.logo_id else ""


def _source() -> str:
    file = found_template("notifications/frame.mjml")
    if file is None:
        raise NoText("frame")
    return file.read_text(encoding="utf-8")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True
    )
