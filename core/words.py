"""Amounts, numbers, times, countries and names as people read them, by language and time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.money import babel_locale, format_money

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

# The day stands first in both languages: a German desk has English readers too.
DAY_PATTERNS = {"de": "d. MMM y", "en": "d MMM y"}
LONG_PATTERNS = {"de": "EEEE, d. MMMM y", "en": "EEEE, d MMMM y"}


def money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else format_money(amount, currency)


def number(value: Decimal | float | None) -> str:
    """`48,213` in English, `48.213` in German."""
    # To the cache a zero below zero is any other zero, and babel writes "-0".
    return "" if value is None else _decimal(value or 0, babel_locale())


@lru_cache(maxsize=1024)
def _decimal(value: Decimal | float, locale: str) -> str:
    """Small numbers stand in every row of a list."""
    return format_decimal(value, locale=locale)


def share(part: float) -> str:
    """A part of one: `96.1%` in English, `96,1 %` in German."""
    return format_percent(round(part, 3), locale=babel_locale(), decimal_quantization=False)


def day(value: date | None) -> str:
    """`2 Nov 2026`; of a moment, the day it was in the current time zone."""
    if value is None:
        return ""
    locale = babel_locale()
    return _date(_local_day(value), DAY_PATTERNS[locale], locale)


def clock(value: datetime | None) -> str:
    """`14:24` in the current time zone."""
    if value is None:
        return ""
    return f"{timezone.localtime(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """`14:24`; of any day but today `tomorrow, 00:10` or `2 Nov 2026, 14:24`: in a sentence."""
    today = timezone.localdate()
    if value is None or _local_day(value) == today:
        return clock(value)
    if _local_day(value) == today + timedelta(days=1):
        return _("tomorrow, %(time)s") % {"time": clock(value)}
    return f"{day(value)}, {clock(value)}"


def zone(value: datetime | None) -> str:
    """`MEZ`, `EST`, or `GMT+01:00` where the language has no short name: for readers elsewhere."""
    if value is None:
        return ""
    local, locale = timezone.localtime(value), babel_locale()
    name = format_time(local, "z", locale=locale)
    return format_time(local, "ZZZZ", locale=locale) if name[0] in "+-" else name


def time_left(until: datetime | None) -> str:
    """`60 minutes`, `7 days`: what is left of an offer, in what people count in."""
    if until is None:
        return ""
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60))
    units = [(minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")]
    count, unit = next(pair for pair in units if pair[0] > 1 or pair[1] == "minute")
    return format_unit(count, unit, locale=babel_locale())


def span(seconds: int) -> str:
    """`40 s`, from two minutes on `3 min`: how long to wait, never less than it is."""
    count, unit = (seconds, "second") if seconds < 120 else (-(-seconds // 60), "minute")
    return format_unit(count, unit, length="short", locale=babel_locale())


def when(value: datetime | None) -> SafeString | str:
    """`Today, 14:24`, also of yesterday and tomorrow, or `2 Nov 2026`; in full in the tooltip."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    locale = babel_locale()
    long = _date(local.date(), LONG_PATTERNS[locale], locale)
    title = f"{long}, {clock(value)} {local.tzname()}"
    markup = '<time datetime="{}" title="{}">{}</time>'
    return format_html(markup, local.isoformat(), title, _near(local))


def _near(local: datetime) -> str:
    today = timezone.localdate()
    if local.date() == today:
        return _("Today, %(time)s") % {"time": clock(local)}
    if local.date() == today - timedelta(days=1):
        return _("Yesterday, %(time)s") % {"time": clock(local)}
    if local.date() == today + timedelta(days=1):
        return _("Tomorrow, %(time)s") % {"time": clock(local)}
    return day(local)


@lru_cache(maxsize=1024)
def _date(value: date, pattern: str, locale: str) -> str:
    """The rows of a list are of few days."""
    return format_date(value, pattern, locale=locale)


def _local_day(value: date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def country_name(code: str) -> str:
    """A country (ISO 3166-1 alpha-2) in the reader's language; the code where nobody knows it."""
    return str(Locale.parse(babel_locale()).territories.get(code, code))


def initials(name: str) -> str:
    """At most two letters: of the first and the last word, or of the part before an @."""
    parts = [part for part in name.partition("@")[0].replace(".", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
