"""What somebody typed or pasted, as words to look for and as the conditions of a search."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self
from urllib.parse import unquote

import phonenumbers
from django.db import connection

from shop.models import Shop

LONGEST_TEXT = 200
MOST_WORDS = 8
# The index is asked for the longest words only; what they leave is little enough to look at.
INDEXED_WORDS = 3
# Beginnings of one or two letters are carried by so many that more of them only cost time.
MOST_SHORT_WORDS = 2

# Spaces, brackets, slashes and dashes belong to a number as people write it.
PHONE = re.compile(r"(?<![\w@.])(?:\+|\(\+)?\d[\d\s()/.\-]{3,}\d(?![\w@])")
TRUNK_ZERO = re.compile(r"\(0\)")
EDGES = ",;:()\"'#<>"
# How numbers begin within their country: "0171", "040".
AREA_CODE = re.compile(r"0[1-9]\d{1,2}")

# What comes along when something is copied from a mail, a page or a sheet.
LINK = re.compile(r"(?:mailto|tel|sms):", re.IGNORECASE)
BRACKETED = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
# One label at a time: a pattern that repeats words of which one begins another takes for ever.
LABEL = re.compile(
    r"(?:tel|telefon|telefonnummer|phone|mobile?|handy|fax|e-?mail|mail"
    r"|bestellung|bestellnummer|bestellnr|order|auftrag|auftragsnummer"
    r"|kunde|kundin|kundennummer|kundennr|customer|nummer|number|nr|no)\b[\s.:]*",
    re.IGNORECASE,
)
LABELLED = re.compile(r"[#+(]?\d|#\w|\S+@")


def pasted(text: str) -> str:
    """The text without what only says what it is: "Tel: 040 …", "Order #1001", "mailto:…"."""
    text = " ".join(text.split())[:LONGEST_TEXT]
    if bracketed := BRACKETED.search(text):
        return bracketed.group(1)
    text = text.strip("<> ")
    if link := LINK.match(text):
        text = unquote(text[link.end() :].partition("?")[0]).strip()
    return _without_labels(text)


def _without_labels(text: str) -> str:
    """Labels are such only before what they name: "Order" alone is somebody's word to look for."""
    at = named = 0
    while label := LABEL.match(text, at):
        at = label.end()
        named = at if LABELLED.match(text, at) else named
    return text[named:]


def words_of(text: str) -> list[str]:
    """The words to look for, not yet folded. A number written in groups is one word of digits."""
    text = pasted(text)
    phones = [digits_of(found) for found in PHONE.findall(text)]
    rest = PHONE.sub(" ", text).split()
    words = [word.strip(EDGES) for word in rest] + phones
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def digits_of(number: str) -> str:
    """The part of a number that is the same in every notation: no country prefix signs, no 0."""
    digits = "".join(sign for sign in TRUNK_ZERO.sub("", number) if sign.isdigit())
    return digits.lstrip("0") or digits


def fold(words: list[str]) -> list[str]:
    """Fold words as the search rows are folded. One query."""
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.shop_search_fold(word) FROM unnest(%s::text[]) AS word", [words]
        )
        folded = " ".join(row[0] for row in cursor.fetchall())
    return list(dict.fromkeys(folded.split()))[:MOST_WORDS]


@dataclass(frozen=True)
class Wanted:
    """What a search looks for: folded words, and customers who are meant exactly."""

    words: list[str] = field(default_factory=list)
    exactly: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, *, exactly: Collection[int] = ()) -> Self:
        words = sorted(fold(words_of(text)), key=len, reverse=True)
        long = [word for word in words if len(word) >= 3]
        return cls(words[: len(long) + MOST_SHORT_WORDS], sorted(exactly))

    def __bool__(self) -> bool:
        return bool(self.words or self.exactly)

    @cached_property
    def likes(self) -> list[list[str]]:
        """For each word the LIKE patterns of which one must be met."""
        return [_likes(word) for word in self.words]

    @property
    def hit(self) -> str:
        """SQL: whether a search row is a hit."""
        words = [
            # Joined to nothing, a column is of no use to its index.
            _any_of("doc" if number < INDEXED_WORDS else "(doc || '')", f"like_{number}_", likes)
            for number, likes in enumerate(self.likes)
        ]
        return self._or_exactly(words)

    @property
    def best(self) -> str:
        """SQL: whether each word begins a word of what the customer is called, or they are meant.

        Every such row is a hit.
        """
        words = [f"names LIKE %(name_{number})s" for number in range(len(self.words))]
        return self._or_exactly(words)

    def _or_exactly(self, words: list[str]) -> str:
        alike = " AND ".join(words) or "false"
        return f"({alike} OR customer_id = ANY(%(exactly)s))" if self.exactly else f"({alike})"

    @property
    def values(self) -> dict[str, Any]:
        likes = {
            f"like_{number}_{which}": like
            for number, likes in enumerate(self.likes)
            for which, like in enumerate(likes)
        }
        names = {f"name_{number}": f"% {_plain(word)}%" for number, word in enumerate(self.words)}
        return {**likes, **names, "exactly": self.exactly}

    def where(self) -> tuple[str, list[Any]]:
        """`hit` for a queryset's `extra`, which knows no names."""
        return self._nameless(self.hit)

    def where_best(self) -> tuple[str, list[Any]]:
        """`best` likewise."""
        return self._nameless(self.best)

    def _nameless(self, sql: str) -> tuple[str, list[Any]]:
        names = re.findall(r"%\((\w+)\)s", sql)
        return re.sub(r"%\(\w+\)s", "%s", sql), [self.values[name] for name in names]


def _any_of(column: str, name: str, likes: list[str]) -> str:
    each = [f"{column} LIKE %({name}{which})s" for which in range(len(likes))]
    return f"({' OR '.join(each)})"


def _likes(word: str) -> list[str]:
    """Three letters or more anywhere, fewer at the start of a word. Trigrams find both.

    What begins as numbers of the shop's country do is looked for as these are kept, too.
    """
    like = f"%{_plain(word)}%" if len(word) >= 3 else f"% {_plain(word)}%"
    if not AREA_CODE.fullmatch(word):
        return [like]
    code = phonenumbers.country_code_for_region(Shop.current().country or "DE")
    return [like, f"% {code}{word[1:]}%"]


def _plain(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
