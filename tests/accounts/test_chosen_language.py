"""Who chooses a language, or leaves, is answered in the language of the page that follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
GERMAN = {"accept-language": "de"}
SENTENCES = [
    "Your details are saved.",
    "Ihre Angaben sind gespeichert.",
    "Your profile is saved.",
    "Ihr Profil ist gespeichert.",
    "You are signed out.",
    "Sie sind abgemeldet.",
]


def told(browser: Client, address: str, typed: dict[str, str]) -> tuple[str, list[str]]:
    """The language of the page that a form leads to, and what it says of the form."""
    page = browser.post(address, typed, follow=True).content.decode()
    spoken = re.findall(r'<html lang="(\w+)"', page)[0]
    return spoken, [sentence for sentence in SENTENCES if sentence in page]


def test_a_customer_chooses_english_and_leaves(customer: Customer) -> None:
    browser = sign_in(customer.user, headers=GERMAN)
    typed = {"language": "en", "version": str(customer.version)}
    saved = told(browser, "/account/profile/", typed)
    assert saved == ("en", ["Your details are saved."])
    assert told(browser, "/account/logout/", {}) == ("de", ["Sie sind abgemeldet."])


def test_a_colleague_chooses_english_and_leaves(agent: User) -> None:
    browser = sign_in(agent, headers=GERMAN)
    saved = told(browser, "/admin/profile/", {"name": "Anna", "language": "en"})
    assert saved == ("en", ["Your profile is saved."])
    assert told(browser, "/admin/logout/", {}) == ("de", ["Sie sind abgemeldet."])
