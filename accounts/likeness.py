"""Whether a password is little more than a name, an address or a word that everybody knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from accounts.breached import folded

# A birthday or a year and a few signs beside a name make no password.
TOO_LITTLE_BESIDE = 8
SHORTEST_NAME = 3
SHORTEST_WORD = 4
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Digits and signs that stand for letters, as everybody writes them.
STAND_INS = str.maketrans("013457@$!", "oleastasi")
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopü",
    "qwertyuiop",
    "asdfghjklöä",
    "yxcvbnm,.-",
    "zxcvbnm,./",
)
NOT_A_LETTER = re.compile(r"[\W\d_]+")


def is_little_more_than(password: str, texts: Iterable[str]) -> bool:
    """Whether eight characters or fewer are left when the names in these texts are taken out."""
    names = [text for text in texts if text]
    return any(
        _is_little_beside(spell(password), {name for text in names for name in _names(spell(text))})
        for spell in (_with_umlauts_written_out, _without_accents)
    )


def words_behind(password: str) -> set[str]:
    """Which one word a password may come down to: as it is, undecorated, repeated, disguised."""
    text = folded(password)
    found = {text, text.translate(STAND_INS)}
    core = _undecorated(text)
    for spelling in (core, core.translate(STAND_INS)):
        word = NOT_A_LETTER.sub("", spelling)
        if len(word) >= SHORTEST_WORD and len(text) - len(word) <= TOO_LITTLE_BESIDE:
            found.add(word)
    return found | {_smallest_repeated(word) for word in found}


def is_a_run(password: str) -> bool:
    """ "aaaaaaaaaaa", "abababababab", "1234567890", "qwertzuiop", forwards and backwards."""
    text = folded(password)
    if len(_smallest_repeated(text)) < SHORTEST_WORD:
        return True
    return any(text in row or text in row[::-1] for row in ROWS)


def _names(text: str) -> set[str]:
    """The words of a name, address or host, and all of them run together."""
    words = re.split(r"[\W_]+", text)
    found = {*words, "".join(words), *(NOT_A_LETTER.sub("", word) for word in words)}
    return {word for word in found if len(NOT_A_LETTER.sub("", word)) >= SHORTEST_NAME}


def _is_little_beside(text: str, names: set[str]) -> bool:
    rest = text
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return rest != text and len(rest) <= TOO_LITTLE_BESIDE


def _undecorated(text: str) -> str:
    """Without digits and signs at both ends."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _smallest_repeated(text: str) -> str:
    """ "hallo" for "hallohallo"; the text itself where it is no repetition."""
    at = (text + text).find(text, 1)
    return text[:at]


def _with_umlauts_written_out(text: str) -> str:
    return folded(text).translate(UMLAUTS)


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", folded(text))
    return "".join(one for one in parts if not unicodedata.combining(one))
