"""The page of 429: when to come back, and to click on what fits what was tried too often."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import second_factor
from accounts.models import Alarm, ResetRequest, SecretLink, StaffLink, Throttle, User
from accounts.moving import start_move
from accounts.throttling import LIMITS, hit, hit_from_outside
from accounts.tokens import token_for
from shop.models import Shop
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

pytestmark = pytest.mark.django_db
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
HREF = re.compile(r'href="([^"]+)"')
NEW, OTHER = "Espresso-am-Morgen-3", "Tee-am-Nachmittag-5"
GUESSED = "people who guess passwords. Nothing was changed."
ASKED = "keeps strangers from flooding mailboxes. If you have asked for a mail already"
ELSE = "keeps machines from trying everything. Nothing was changed."
TYPED = {"email": "a@example.de", "password": NEW, "current": "guess", "code": "ABCD-EFGH"}


def use_up() -> None:
    """All limits that were touched."""
    for row in Throttle.objects.all():
        Throttle.objects.filter(pk=row.pk).update(count=LIMITS[row.name].tries)


def refused(browser: Client, method: str, path: str) -> Any:
    """Once more than is let through."""
    getattr(browser, method)(path, TYPED)
    use_up()
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


def by_link(link: SecretLink, page: str) -> tuple[Client, str]:
    browser = Client(headers={"Accept-Language": "en"})
    assert browser.get(f"{page}{token_for(link)}/").status_code == 302
    return browser, page


def reset(customer: Customer, agent: User) -> tuple[Client, str]:
    return by_link(ResetRequest.start(customer, by=agent), "/account/reset/")


def invite(_customer: Customer, agent: User) -> tuple[Client, str]:
    newcomer = CustomerFactory(email="nora@example.de")
    return by_link(ResetRequest.start(newcomer, by=agent), "/account/activate/")


def move(customer: Customer, agent: User) -> tuple[Client, str]:
    passed_check(customer, by=agent)
    return by_link(start_move(customer, "jana@neu.example", by=agent), "/account/move/")


def alarm(customer: Customer, agent: User) -> tuple[Client, str]:
    ResetRequest.start(customer, by=agent).redeem(NEW)
    return by_link(Alarm.objects.get(), "/account/alarm/")


def link_of_a_colleague(_customer: Customer, agent: User) -> tuple[Client, str]:
    return by_link(StaffLink.start(agent, by=None), "/admin/link/")


def due_password(customer: Customer, _agent: User) -> tuple[Client, str]:
    User.objects.filter(customer=customer).update(password_due_at=timezone.now())
    return first_step(customer.user, "/account/login/"), "/account/login/password/"


def code(_customer: Customer, agent: User) -> tuple[Client, str]:
    second_factor.switch_on(agent, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    return first_step(agent, "/admin/login/"), "/admin/login/code/"


def first_step(user: User, door: str) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    assert browser.post(door, {"email": user.email, "password": PASSWORD}).status_code == 302
    return browser


@pytest.mark.parametrize(
    "way", [reset, invite, move, alarm, link_of_a_colleague, due_password, code]
)
def test_a_step_that_was_too_often_says_so_and_can_be_taken_later(
    customer: Customer, agent: User, way: Callable[[Customer, User], tuple[Client, str]]
) -> None:
    browser, path = way(customer, agent)
    recovery = second_factor.new_recovery_codes(agent)[0] if way is code else ""
    typed = {"password": OTHER, "name": "Anna Agent", "code": recovery}
    hit_from_outside("redeem", RequestFactory().post(path))
    hit("code of user", agent.pk)
    use_up()
    answer = browser.post(path, typed)
    [main] = MAIN.findall(answer.text)
    assert (answer.status_code, ELSE in main, HREF.findall(main)) == (429, True, [])
    assert re.search(r"You can go on in (a minute|\d+ minutes) \((tomorrow, )?\d\d:\d\d\)", main)
    assert not [user for user in User.objects.all() if user.check_password(OTHER)]
    Throttle.objects.all().delete()
    assert browser.post(path, typed).status_code == 302


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
