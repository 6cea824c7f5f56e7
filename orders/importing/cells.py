"""Cells of an export of orders to values. What most files say takes a short way."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from customers.importing import cells
from customers.importing.cells import Unreadable
from customers.importing.phones import quick_phone_key
from customers.models.identities import BadIdentity

PLAIN_MONEY = re.compile(r"\d{1,9}\.\d\d\Z")
MOST_MONEY = Decimal(10**12)
MOST_QUANTITY = 1_000_000
LAST_DIGITS = re.compile(r"(\d{1,18})\D*\Z")
CURRENCIES = frozenset(Locale("en").currencies)
NOTHING = Decimal("0.00")
EARLIEST, LATEST = 1970, 2200


def moment(cell: str, zone: tzinfo) -> datetime | None:
    """In UTC. "2025-05-11 09:55:16 -0400" or ISO 8601; without an offset it is the shop's time.

    None for an empty cell; raises Unreadable.
    """
    text = cells.bare(cell)
    if not text:
        return None
    if len(text) == 25 and text[19] == " ":
        text = text[:19] + text[20:]
    elif text.endswith(" UTC"):
        text = text[:-4] + "Z"
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(text) from error
    if not EARLIEST <= at.year < LATEST:
        raise Unreadable(text)
    return at


def money(cell: str) -> Decimal:
    """Nothing for an empty cell; raises Unreadable, also for what is below nothing."""
    if PLAIN_MONEY.match(cell):
        return Decimal(cell)
    return cells.amount(cell) or NOTHING


def quantity(cell: str) -> int:
    """A whole number up to a million; 0 for an empty cell; raises Unreadable."""
    if cell.isdecimal() and len(cell) < 6:
        return int(cell)
    return cells.count(cell) or 0


def currency(cell: str) -> str:
    """A code of ISO 4217, "" for an empty cell; raises Unreadable."""
    code = cell.strip().upper()
    if code and code not in CURRENCIES:
        raise Unreadable(code)
    return code


def number_in(name: str) -> int:
    """What a name such as "#1001" or "KN-1001-DE" counts; 0 where it has no digits."""
    found = LAST_DIGITS.search(name)
    return int(found.group(1)) if found else 0


def title_and_variant(text: str) -> tuple[str, str]:
    """ "Espresso Nordlicht - 1 kg" as the export writes it."""
    title, _dash, variant = text.rpartition(" - ")
    return (title, variant) if title else (text, "")


def phone_in(text: str, country: str) -> str:
    """The number in E.164; "" where it is none."""
    try:
        return quick_phone_key(text, country)
    except BadIdentity:
        return ""


@lru_cache(maxsize=1024)
def country(cell: str) -> str:
    """The code, said as such or by its name; raises Unreadable."""
    cell = cells.line_of(cell)
    return cells.country(cell, "") if len(cell) == 2 else cells.country("", cell)
