"""One cell to one value: texts, yes and no, tags, amounts, ids, countries."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale

from core.downloads import unguarded

# Spreadsheets' guard "'+49…" goes; "'s-Hertogenbosch" and "'t Hart" stay.
GUARD = re.compile(r"^'(?!\w{1,2}[ -])(?!.*'$)")
# Also as German spreadsheets have it, and as a cross in a list on paper.
YES = {"yes", "true", "1", "ja", "j", "wahr", "x", "y", "subscribed"}
NO = {"no", "false", "0", "nein", "n", "falsch", "not_subscribed", "unsubscribed"}
EXTERNAL_ID = re.compile(r"^[1-9]\d{0,18}\Z")
AMOUNT = re.compile(r"^\d{1,10}(\.\d{1,4})?\Z")
# A sign or a code before or after the amount. Which one does not matter: it is the shop's own.
CURRENCY = re.compile(r"^([A-Z]{3}|[€$£])|([A-Z]{3}|[€$£])\Z")
SHORT_NAMES = {
    "d": "DE", "deu": "DE", "ger": "DE", "brd": "DE", "a": "AT", "aut": "AT", "oesterreich": "AT",
    "che": "CH", "fl": "LI", "l": "LU", "b": "BE", "f": "FR", "i": "IT", "e": "ES",
}  # fmt: skip
THOUSANDS = {
    ".": re.compile(r"^\d{1,3}(\.\d{3})+,\d{1,2}\Z"),
    ",": re.compile(r"^\d{1,3}(,\d{3})+(\.\d{1,2})?\Z"),
}


class Unreadable(ValueError):
    """The cell says something that we cannot take."""


def bare(cell: str) -> str:
    """The cell without the white space around it and without a spreadsheet's apostrophes."""
    cell = cell.strip()
    if "'" not in cell:
        return cell
    # Most that have one are ids, postcodes and telephone numbers: guarded, and nothing else.
    if cell[1:].removeprefix("+").isalnum():
        return cell[1:]
    return unguarded(GUARD.sub("", cell).strip())


def line_of(cell: str) -> str:
    """Text for one line: white space of any kind becomes one space, what is not seen goes."""
    cell = bare(cell)
    if cell.isprintable():
        return cell if "  " not in cell else " ".join(cell.split())
    # Marks that turn a text around, say: a name would not be read as it is written.
    seen = "".join(letter for letter in cell if letter.isprintable() or letter.isspace())
    return " ".join(seen.split())


def yes_or_no(cell: str) -> bool | None:
    """None for an empty cell; raises Unreadable."""
    word = bare(cell).lower()
    if not word:
        return None
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(cell)


def tags_of(cell: str, signs: str = ",") -> list[str]:
    """Tags between any of these signs, each once whatever its capitals; the first spelling counts.

    To whom wrote the cell others than the comma may be part of a tag.
    """
    found: dict[str, str] = {}
    for part in bare(cell).translate({ord(sign): "," for sign in signs}).split(","):
        name = line_of(part)
        if name:
            found.setdefault(name.lower(), name)
    return list(found.values())


def external_id(cell: str) -> str:
    """A 64-bit number as text; raises Unreadable for "7.21045E+12"."""
    value = bare(cell)
    if value and not (EXTERNAL_ID.match(value) and int(value) < 2**63):
        raise Unreadable(value)
    return value


def amount(cell: str) -> Decimal | None:
    """1234.56, 1,234.56, 1.234,56 or 99,90 €; None for an empty cell; raises Unreadable."""
    text = "".join(bare(cell).split())
    if not text:
        return None
    text = CURRENCY.sub("", text)
    if THOUSANDS["."].match(text) or (
        text.count(",") == 1 and "." not in text and len(text.split(",")[1]) < 3
    ):
        text = text.replace(".", "").replace(",", ".")
    elif THOUSANDS[","].match(text):
        text = text.replace(",", "")
    if not AMOUNT.match(text):
        raise Unreadable(cell)
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Unreadable(cell) from error


def count(cell: str) -> int | None:
    """A whole number up to a million; None for an empty cell; raises Unreadable."""
    value = amount(cell)
    if value is None:
        return None
    if value != int(value) or value > 1_000_000:
        raise Unreadable(cell)
    return int(value)


def country(code: str, name: str = "") -> str:
    """The ISO 3166-1 code; found by a name, in whichever it stands; raises Unreadable."""
    code, name = line_of(code), line_of(name)
    if code.upper() in _codes():
        return code.upper()
    found = next(filter(None, map(_country_called, (name, code))), "")
    if (code or name) and not found:
        raise Unreadable(code or name)
    return found


def _country_called(name: str) -> str:
    return _codes().get(name.upper()) or _by_name().get(name.casefold(), "")


@cache
def _codes() -> dict[str, str]:
    codes = [str(code) for code in Locale("en").territories]
    return {code: code for code in codes if len(code) == 2 and code.isalpha()}


@cache
def _by_name() -> dict[str, str]:
    """Countries by their English and German names, and as cars and envelopes name them."""
    names = {
        str(name).casefold(): str(code)
        for language in ("de", "en")
        for code, name in Locale(language).territories.items()
        if code in _codes()
    }
    return names | SHORT_NAMES
