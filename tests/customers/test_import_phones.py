"""Phone numbers of files, also those that a spreadsheet has spoiled."""

from __future__ import annotations

import random

import pytest

from customers.importing.phones import PLAIN_PHONE, phone_key_in_file, quick_phone_key
from customers.models.identities import BadIdentity, phone_key

BEGINNINGS = ["+49 ", "+49", "+49 0", "+43-", "+43", "+41 ", "0", "00", "0049", ""]


def _numbers() -> list[str]:
    """Of every length, with a blank, a dash or a stroke anywhere; a fixed seed."""
    found, chance = [], random.Random(7)
    for beginning in BEGINNINGS * 30:
        digits = "".join(chance.choices("0123456789", k=chance.randrange(5, 13)))
        place = chance.randrange(1, len(digits))
        found.append(beginning + digits[:place] + chance.choice(" -/0") + digits[place:])
    return found


def _key(text: str, country: str, *, is_quick: bool) -> str | None:
    try:
        return quick_phone_key(text, country) if is_quick else phone_key_in_file(text, country)
    except BadIdentity:
        return None


def test_the_short_way_says_what_the_long_way_says() -> None:
    numbers = _numbers()
    assert sum(PLAIN_PHONE.match(text) is not None for text in numbers) > 60
    differing = [
        (text, country)
        for text in numbers
        for country in ("DE", "AT", "CH", "NL", "US", "")
        if _key(text, country, is_quick=True) != _key(text, country, is_quick=False)
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("4915112345678", "DE", "+4915112345678"),
        ("491701234567", "DE", "+491701234567"),
        ("493012345678", "DE", "+493012345678"),
        ("436641234567", "AT", "+436641234567"),
        ("4315550123", "AT", "+4315550123"),
        ("41791234567", "CH", "+41791234567"),
    ],
)
def test_a_number_that_lost_its_plus_in_a_spreadsheet_is_read_with_it(text, country, key) -> None:
    assert quick_phone_key(text, country) == key == phone_key(f"+{text}", "")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("04915112345", "DE"),
        ("4961234567", "DE"),  # of Papenburg, 04961, without its 0
        ("4366412345678", "DE"),
        ("15112345678", "DE"),
        ("+4915112345678", "DE"),
        ("0049 151 12345678", "DE"),
        ("436641234567", "CH"),
        ("0791234567", "CH"),
        ("49123", "DE"),
    ],
)
def test_what_is_a_number_at_home_or_another_countrys_is_read_as_ever(text, country) -> None:
    assert _key(text, country, is_quick=True) == _typed(text, country)


def _typed(text: str, country: str) -> str | None:
    try:
        return phone_key(text, country)
    except BadIdentity:
        return None
