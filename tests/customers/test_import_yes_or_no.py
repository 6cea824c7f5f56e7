"""A word for yes or no, as files have it."""

from __future__ import annotations

import pytest

from customers.importing.cells import Unreadable, yes_or_no


@pytest.mark.parametrize("word", ["yes", "TRUE", "1", "Ja", "J", "WAHR", "x", " X ", "SUBSCRIBED"])
def test_yes(word: str) -> None:
    assert yes_or_no(word) is True


@pytest.mark.parametrize("word", ["no", "FALSE", "0", "Nein", "N", "FALSCH", "UNSUBSCRIBED"])
def test_no(word: str) -> None:
    assert yes_or_no(word) is False


@pytest.mark.parametrize("word", ["perhaps", "2", "xx", "ja bitte nicht", "-"])
def test_what_is_neither_is_not_guessed(word: str) -> None:
    """Consent is never made of what somebody may have meant."""
    with pytest.raises(Unreadable):
        yes_or_no(word)


def test_nothing_says_nothing() -> None:
    assert yes_or_no("  ") is None
