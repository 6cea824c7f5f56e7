"""The short way to a phone number's key says what the long way says, or leaves it to that."""

from __future__ import annotations

import random

from customers.importing.of_customers.rows import PLAIN_PHONE, quick_phone_key
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
        return quick_phone_key(text, country) if is_quick else phone_key(text, country)
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
