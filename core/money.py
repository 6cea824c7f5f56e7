"""Money in words: Babel's formats, in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language


def babel_locale(language: str | None = None) -> str:
    """Babel's name for a language code of ours; both forms of German share one."""
    code = language or get_language() or "en"
    return "de" if code.startswith("de") else "en"


def format_money(amount: Decimal, currency: str, language: str | None = None) -> str:
    """`€1,842.50` in English, `1.842,50 €` in German."""
    return format_currency(amount, currency, locale=babel_locale(language))
