"""Cells of an export of products to values."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from customers.importing import cells
from customers.importing.cells import Unreadable, bare

PLAIN_PRICE = re.compile(r"\d{1,9}\.\d\d\Z")
EXACT_PRICE = re.compile(r"\d{1,10}([.,]\d{1,6})?\Z")
# 1,299 may be a thousand and more, or one and a bit: nobody's price is guessed.
AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z")
STOCK = re.compile(r"-?\d{1,9}(?:[.,]0+)?\Z")
LONGEST_URL = 2000
# `urlsplit` passes over a control character in front.
HTTPS = re.compile(r"https://", re.IGNORECASE)
UNFIT = re.compile(r"[\s\"'<>\\]")
CENT = Decimal("0.01")
GRAMS = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
MOST_GRAMS = 10**9
# A comma within a value is written with a backslash before it.
COMMA = re.compile(r"(?<!\\),")


def price(cell: str) -> Decimal | None:
    """None for an empty cell; raises Unreadable, also for what may mean two prices."""
    if PLAIN_PRICE.match(cell):
        return Decimal(cell)
    if AMBIGUOUS.match(bare(cell)):
        raise Unreadable(cell)
    return cells.amount(cell)


def exact_price(cell: str) -> Decimal | None:
    """Of a file that never groups thousands: 16,807 is nearly seventeen. As `price` otherwise."""
    text = bare(cell)
    if not EXACT_PRICE.match(text):
        return price(text)
    return Decimal(text.replace(",", ".")).quantize(CENT, ROUND_HALF_UP)


def stock(cell: str) -> int | None:
    """Below zero where more was sold than there was; None for an empty cell; raises Unreadable."""
    if cell.isdecimal() and len(cell) < 10:
        return int(cell)
    text = bare(cell)
    if not text:
        return None
    if not STOCK.match(text):
        raise Unreadable(text)
    return int(re.split("[.,]", text)[0])


def grams(cell: str, unit: str) -> int | None:
    """Whole grams; None for an empty cell; raises Unreadable."""
    if unit == "g" and cell.isdecimal() and len(cell) < 10:
        return int(cell)
    text = bare(cell).replace(",", ".")
    if not text:
        return None
    if not re.match(r"\d{1,9}(\.\d{1,6})?\Z", text):
        raise Unreadable(cell)
    weight = round(Decimal(text) * GRAMS[unit])
    if weight > MOST_GRAMS:
        raise Unreadable(cell)
    return weight


def address(cell: str) -> str:
    """Of a picture, over https; "" for an empty cell; raises Unreadable for any other."""
    text = bare(cell)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_fit = HTTPS.match(text) and bool(parts.hostname)
    except ValueError as error:
        raise Unreadable(text) from error
    if not is_fit or len(text) > LONGEST_URL or not text.isprintable() or UNFIT.search(text):
        raise Unreadable(text)
    return text


def day(cell: str) -> date | None:
    """Of "2026-11-27 00:00:00"; None for an empty cell; raises Unreadable."""
    text = bare(cell)
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError as error:
        raise Unreadable(text) from error


def listed(cell: str) -> list[str]:
    """What stands between commas."""
    parts = (part.replace("\\,", ",").strip() for part in COMMA.split(bare(cell)))
    return [part for part in parts if part]


@lru_cache(maxsize=1 << 12)
def handle_of(text: str) -> str:
    """What an address makes of a title or a SKU: "Kaffeemühle" is kaffeemuehle."""
    for letter, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        text = text.lower().replace(letter, plain)
    return re.sub(r"[^\w]+", "-", text).strip("-")[:200]
