"""What is kept of a server's words, and what is read in them."""

from __future__ import annotations

import pytest

from notifications.answers import said
from notifications.models import Trouble
from notifications.models.troubles import trouble_in


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (b"2.0.0 Ok: queued as 4F1A2B3C", "2.0.0 Ok: queued as 4F1A2B3C"),
        (b"5.1.1 <jana@example.de>: User unknown", "5.1.1 … User unknown"),
        (b"5.7.1 see https://shop.example/account/reset/abc.def/ why", "5.7.1 see … why"),
        (b"blocked: /account/reset/1a.x", "blocked: …"),
        (b"id " + b"x" * 41, "id …"),
        (b"one\r\ntwo\t\x00three \xff\xfe", "one two three \ufffd\ufffd"),
        ("ß" * 30 + " " + "word " * 40, ("ß" * 30 + " " + "word " * 40)[:100]),
        (b"", ""),
    ],
)
def test_words_are_kept_without_addresses_and_without_links(words: str | bytes, kept: str) -> None:
    assert said(words) == kept


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("5.1.1 … User unknown in virtual mailbox table", Trouble.GONE),
        ("5.1.6 … has moved", Trouble.GONE),
        ("5.2.1 The email account that you tried to reach is disabled", Trouble.GONE),
        ("5.1.2 … Host or domain name not found", Trouble.NO_DOMAIN),
        ("5.1.10 null MX", Trouble.NO_DOMAIN),
        ("5.4.4 unable to look up host", Trouble.NO_DOMAIN),
        ("5.2.2 … over quota", Trouble.FULL),
        ("4.2.2 mailbox full", Trouble.FULL),
        ("5.7.26 unauthenticated mail is prohibited", Trouble.BLOCKED),
        ("5.7.1 rejected, see …", Trouble.BLOCKED),
        ("5.1.8 sender", Trouble.BLOCKED),
        ("5.5.2 syntax", Trouble.OTHER),
        ("no such user here", Trouble.GONE),
        ("Recipient address rejected: unknown", Trouble.GONE),
        ("Mailbox … does not exist", Trouble.GONE),
        ("mailbox is full", Trouble.FULL),
        ("message looks like spam", Trouble.BLOCKED),
        # Neither a machine's address nor "all is well" is a code of failure.
        ("your address 4.5.1.1 is too slow", Trouble.OTHER),
        ("2.1.1 ok", Trouble.OTHER),
        ("", Trouble.OTHER),
    ],
)
def test_the_cause_is_read_from_the_code_and_else_from_the_words(
    words: str, trouble: Trouble
) -> None:
    assert trouble_in(words) == trouble
