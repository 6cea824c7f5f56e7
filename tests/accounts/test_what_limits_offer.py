"""The page of 429: when to come back, and to click on what fits what was tried too often."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import Throttle
from accounts.throttling import LIMITS
from shop.models import Shop
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
HREF = re.compile(r'href="([^"]+)"')
NEW = "Espresso-am-Morgen-3"
GUESSED = "people who guess passwords. Nothing was changed."
ASKED = "keeps strangers from flooding mailboxes. If you have asked for a mail already"
ELSE = "keeps machines from trying everything. Nothing was changed."
TYPED = {"email": "a@example.de", "password": NEW, "current": "guess", "code": "ABCD-EFGH"}


def refused(browser: Client, method: str, path: str) -> Any:
    """Once more than is let through; all limits that were touched are used up."""
    getattr(browser, method)(path, TYPED)
    for row in Throttle.objects.all():
        Throttle.objects.filter(pk=row.pk).update(count=LIMITS[row.name].tries)
    return getattr(browser, method)(path, TYPED)


@pytest.mark.parametrize(
    ("method", "path", "why", "links"),
    [
        ("post", "/account/login/", GUESSED, ["/account/recover/"]),
        ("post", "/account/recover/", ASKED, []),
        ("post", "/account/register/", ASKED, []),
        ("get", "/account/reset/x/", ELSE, []),
        ("get", "/account/alarm/x/", ELSE, []),
        ("post", "/account/verify/", ELSE, []),
        ("post", "/admin/login/", GUESSED, ["/admin/recover/"]),
        ("post", "/admin/recover/", ASKED, []),
        ("get", "/admin/link/x/", ELSE, []),
    ],
)
def test_each_says_what_fits(method: str, path: str, why: str, links: list[str]) -> None:
    answer = refused(Client(headers={"Accept-Language": "en"}), method, path)
    [main] = MAIN.findall(answer.text)
    assert (answer.status_code, why in main, HREF.findall(main)) == (429, True, links)
    assert re.search(r"You can go on in (a minute|\d+ minutes) \((tomorrow, )?\d\d:\d\d\)", main)


def test_whoever_guesses_at_their_own_password_may_ask_for_a_link(customer: Customer) -> None:
    answer = refused(sign_in(customer.user), "post", "/account/password/")
    assert (answer.status_code, "/account/recover/" in answer.text) == (429, True)


def test_the_shop_says_how_to_reach_it() -> None:
    Shop.objects.update(phone="040 123", email="post@shop.example")
    [main] = MAIN.findall(refused(Client(), "post", "/account/recover/").text)
    assert HREF.findall(main) == ["tel:040123", "mailto:post@shop.example"]


def test_for_htmx_it_is_a_message_with_the_time() -> None:
    browser = Client(headers={"Accept-Language": "en", "HX-Request": "true"})
    answer = refused(browser, "post", "/admin/recover/")
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert re.fullmatch(r"There were too many tries\. You can go on in .* \(.*\)\.", toast["text"])
