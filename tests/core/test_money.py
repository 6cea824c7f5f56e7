"""Money as people read it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, list_currencies
from django.utils import translation

from core.money import babel_locale, format_money


@pytest.mark.parametrize(
    ("language", "amount", "currency", "written"),
    [
        ("en", "1842.50", "EUR", "€1,842.50"),
        ("de", "1842.50", "EUR", "1.842,50\xa0€"),
        ("de-informal", "1842.50", "EUR", "1.842,50\xa0€"),
        ("en", "-3", "EUR", "-€3.00"),
        ("de", "0", "CHF", "0,00\xa0CHF"),
        ("en", "1234", "JPY", "¥1,234"),
        ("de", "123456789012.345", "EUR", "123.456.789.012,34\xa0€"),
    ],
)
def test_each_language_has_its_form(
    language: str, amount: str, currency: str, written: str
) -> None:
    assert format_money(Decimal(amount), currency, language) == written


@pytest.mark.parametrize("amount", ["0", "-0.5", "1234567.891"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_each_currency_is_written_as_babel_writes_it(locale: str, amount: str) -> None:
    written = {one: format_money(Decimal(amount), one, locale) for one in list_currencies(locale)}
    babels = {one: format_currency(Decimal(amount), one, locale=locale) for one in written}
    assert len(written) > 200
    assert written == babels


@pytest.mark.parametrize(
    ("language", "locale"), [("de-informal", "de"), ("de", "de"), ("en", "en")]
)
def test_without_a_language_the_reader_s_is_taken(language: str, locale: str) -> None:
    with translation.override(language):
        assert babel_locale() == locale
