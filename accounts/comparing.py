"""What a caller says against what we know, as a kind person at the desk would compare.

Spelling, notation and spaces make no difference; nothing that is empty is like anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from customers.models import BadIdentity, phone_key
from customers.search_terms import pasted

CENT = Decimal("0.01")
# Nobody spells out more than this; what is longer is not read at all.
LONGEST = 200
MOST_DIGITS = 12
# Letters that are no letter with a mark, as they are written without them.
LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
# An umlaut is written in two letters or without its dots: "Mueller", "Müller", "Muller".
UMLAUTS = re.compile(r"([aou])e")
SHORT_FOR = {"strasse": "str", "street": "st", "platz": "pl"}
# "D-20259": the sign of a country before its codes.
COUNTRY_SIGN = re.compile(r"^\s*[a-z]{1,3}\s*[-–]\s*(?=\d)", re.IGNORECASE)
CENTS = re.compile(r"(.*)[.,](\d{1,2})")
NUMBER_FIRST = re.compile(r"^\s*(\d+\s*[a-z]?)[\s,]+(\S.*)$", re.IGNORECASE)
MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "mae": 3,
    "mrz": 3,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "dez": 12,
    "dec": 12,
}


def folded(text: str) -> str:
    """Only what tells words apart: no case, accents, spaces or punctuation; ß is ss, ä is ae is a.

    Two different words may come to one, two spellings of a word never come to two.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(LETTERS)
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(sign for sign in parts if sign.isalnum())
    return UMLAUTS.sub(r"\1", letters)


def same_words(typed: str, known: str) -> bool:
    return folded(typed) != "" and folded(typed) == folded(known)


def same_street(typed: str, *known: str) -> bool:
    """Street and number, with the line below it or without: "Hauptstr. 5a", "5a Hauptstraße"."""
    spellings = {_street(known[0]), _street(" ".join(known))} if known else set()
    return _street(typed) != "" and _street(typed) in spellings


def same_city(typed: str, known: str) -> bool:
    """ "Frankfurt" will do for "Frankfurt am Main": the postal code says the rest."""
    said, stands = folded(typed), folded(known)
    shorter = min(len(said), len(stands))
    return said == stands != "" or (shorter >= 4 and said[:shorter] == stands[:shorter])


def same_postal_code(typed: str, known: str) -> bool:
    return same_words(COUNTRY_SIGN.sub("", typed[:LONGEST]), COUNTRY_SIGN.sub("", known))


def same_order_number(typed: str, *, name: str, number: int) -> bool:
    """ "#KN-1001", "kn 1001", "1001" or "order 1001"."""
    said = folded(pasted(typed))
    if not any(sign.isdigit() for sign in said):
        return False
    return said == folded(name) or said.lstrip("0") == str(number)


def same_amount(typed: str, known: Decimal) -> bool:
    """By a cent, in German or in English: "1.234,50 €", "1,234.50", "1234,5"."""
    said = read_amount(typed)
    return said is not None and abs(said - known) <= CENT


def read_amount(text: str) -> Decimal | None:
    """The amount; None where there is none. The last sign with one or two digits behind it parts
    the cents, all others part thousands."""
    signs = re.sub(r"[^0-9.,]", "", text[:LONGEST]).strip(".,")
    parted = CENTS.fullmatch(signs)
    whole, cents = (parted[1], parted[2]) if parted else (signs, "0")
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{digits or 0}.{cents}") if signs and len(digits) <= MOST_DIGITS else None


class Day(NamedTuple):
    """A day as it was said: often without its year."""

    year: int | None
    month: int
    day: int


def same_day(typed: str, known: date) -> bool:
    """In German, in English or by the standard: "3. November", "Nov 3, 2026", "2026-11-03"."""
    return any(
        (one.month, one.day) == (known.month, known.day) and one.year in {None, known.year}
        for one in read_days(typed)
    )


def read_days(text: str) -> set[Day]:
    """Each day that may be meant: 3/11 is another one in Britain than in America."""
    words = re.findall(r"[0-9]+|[a-z]+", _plain(text))
    numbers = [int(word) for word in words if word.isdigit() and len(word) <= 4]
    months = [MONTHS[word[:3]] for word in words if word[:3] in MONTHS]
    if months:
        pairs = [(numbers[0], months[0])] if numbers else []
        return _days(pairs, numbers[1:2])
    if len(numbers) == 3 and numbers[0] > 31:
        return _days([(numbers[2], numbers[1])], numbers[:1])
    if len(numbers) not in {2, 3}:
        return set()
    first, second = numbers[:2]
    pairs = [(first, second)] + [(second, first)] * ("/" in text)
    return _days(pairs, numbers[2:3])


def _days(pairs: Iterable[tuple[int, int]], years: list[int]) -> set[Day]:
    year = years[0] if years else None
    if year is not None and year < 100:
        year += 2000
    return {Day(year, month, day) for day, month in pairs if 1 <= month <= 12 and 1 <= day <= 31}


def same_phone(typed: str, known: Iterable[str], *, country: str) -> bool:
    """One of the numbers, which stand in E.164; typed as people of the country write them."""
    try:
        return phone_key(typed, country) in set(known)
    except BadIdentity:
        return False


def _street(text: str) -> str:
    swapped = NUMBER_FIRST.sub(r"\2 \1", text[:LONGEST])
    street = folded(swapped)
    for word, short in SHORT_FOR.items():
        street = street.replace(word, short)
    return street


def _plain(text: str) -> str:
    """Small letters without marks: "März" begins as "March" does."""
    parts = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
