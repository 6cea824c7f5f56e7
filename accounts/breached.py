"""Passwords that attackers try first, looked up on this machine: nothing is asked of anybody else.

The list in accounts/lists is always there. A shop may lay the whole file of Have I Been Pwned
beside it (BREACHED_PASSWORDS_FILE), which is searched where it lies, 40 GB or not.
"""

from __future__ import annotations

import gzip
import hashlib
import mmap
import unicodedata
from functools import cache
from pathlib import Path

from django.conf import settings

SHIPPED = Path(__file__).parent / "lists" / "passwords.txt.gz"
# A digest in hexadecimal; what follows it in the file is how often it was seen.
SHA1_LENGTH = 40


class SortedLines:
    """Lines in the order of their bytes, searched by halves. None is unpacked into an object."""

    def __init__(self, text: bytes | mmap.mmap, *, key_length: int | None = None) -> None:
        self.text = text
        self.key_length = key_length

    def __contains__(self, key: bytes) -> bool:
        start, end = 0, len(self.text)
        while start < end:
            begin = self.text.rfind(b"\n", start, (start + end) // 2) + 1 or start
            stop = self.text.find(b"\n", begin)
            stop = len(self.text) if stop < 0 else stop
            found = self.text[begin:stop][: self.key_length]
            if found == key:
                return True
            start, end = (stop + 1, end) if found < key else (start, begin)
        return False


def is_listed(word: str) -> bool:
    """Whether a word, folded, is among the passwords, names and words that everybody tries."""
    return word.encode() in _shipped()


def was_breached(password: str) -> bool:
    """Whether this very password stands in the file that the shop has laid beside ours."""
    if not settings.BREACHED_PASSWORDS_FILE:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    return digest.encode() in _laid_beside(settings.BREACHED_PASSWORDS_FILE)


def folded(text: str) -> str:
    """As the list spells: one case, one form of each character, "ss" for "ß"."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())


@cache
def _shipped() -> SortedLines:
    return SortedLines(gzip.decompress(SHIPPED.read_bytes()))


@cache
def _laid_beside(place: str) -> SortedLines:
    with Path(place).open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return SortedLines(mapped, key_length=SHA1_LENGTH)
