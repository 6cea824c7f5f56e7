"""Money in words: Babel's formats, in the reader's language."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol
from django.utils.translation import get_language


def babel_locale(language: str | None = None) -> str:
    """Babel's name for a language code of ours; both forms of German share one."""
    code = language or get_language() or "en"
    return "de" if code.startswith("de") else "en"


def format_money(amount: Decimal, currency: str, language: str | None = None) -> str:
    """`€1,842.50` in English, `1.842,50 €` in German."""
    locale = babel_locale(language)
    written: str = _pattern(currency, locale).apply(amount, locale, currency=currency)
    return written


@lru_cache(maxsize=256)
def _pattern(currency: str, locale: str) -> NumberPattern:
    """The locale's own with the currency's sign in place.

    Where Babel puts it in, it looks up the currency's name in words as well, for each amount.
    """
    pattern: NumberPattern = copy(Locale.parse(locale).currency_formats["standard"])
    sign = get_currency_symbol(currency, locale)
    pattern.prefix = _signed(pattern.prefix, sign)
    pattern.suffix = _signed(pattern.suffix, sign)
    return pattern


def _signed(parts: tuple[str, str], sign: str) -> tuple[str, str]:
    """Of amounts from nothing on, and below."""
    positive, negative = parts
    return positive.replace("¤", sign), negative.replace("¤", sign)
