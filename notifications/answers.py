"""What mail servers say, made fit to be kept and shown."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 100
# Longer words are no words: they may hold whatever stood in the mail.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Answer:
    """The number and the words a mail was taken with, and what the mail service calls it."""

    number: str = ""
    words: str = ""
    service_id: str = ""


def said(words: str | bytes) -> str:
    """A server's words without addresses and without links: some repeat the mail's own."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join("…" if _is_private(word) else word for word in plain.split())[:SHOWN]


def _is_private(word: str) -> bool:
    return "@" in word or "/" in word or len(word) > LONGEST_WORD
