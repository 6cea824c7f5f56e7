"""Calling colleagues' attention: @Name in a note."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

if TYPE_CHECKING:
    from accounts.models import User


def colleagues(user: User) -> list[User]:
    """Active staff besides oneself, by name."""
    people = get_user_model().objects.staff().active().exclude(pk=user.pk)
    return [one for one in people.order_by("name", "pk") if one.name]


def mentioned_in(text: str, among: list[User]) -> list[User]:
    """Whom a text names after an @: the full name, or a first name that only one bears.

    Of "@Anna Berg" and "@Anna" the longer name is meant where both could be.
    """
    folded = _fold(text)
    found: list[User] = []
    for person in sorted(among, key=lambda one: -len(one.name)):
        full = f"@{_fold(person.name)}"
        first = f"@{_fold(person.name).split()[0]}"
        alone = sum(_fold(one.name).split()[0] == first[1:] for one in among) == 1
        for name in (full, first) if alone else (full,):
            if _stands_in(name, folded):
                found.append(person)
                folded = folded.replace(name, " ")
                break
    return sorted(found, key=lambda one: one.pk)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _stands_in(name: str, text: str) -> bool:
    start = text.find(name)
    while start >= 0:
        after = text[start + len(name) : start + len(name) + 1]
        before = text[start - 1 : start] if start else ""
        if not after.isalnum() and not before.isalnum():
            return True
        start = text.find(name, start + 1)
    return False
