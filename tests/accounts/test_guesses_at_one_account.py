"""Whoever guesses at somebody's password keeps that somebody from their own account as little as
may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import ResetRequest, StaffLink, Throttle
from accounts.throttling import LIMITS
from accounts.tokens import token_for
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"
HOME = "198.51.100.7"
SHOP, DESK = "/account/login/", "/admin/login/"


def log_in(address: str, password: str, *, email: str = JANA, door: str = SHOP) -> int:
    typed = {"email": email, "password": password}
    return Client(REMOTE_ADDR=address).post(door, typed).status_code


def five_minutes_later() -> None:
    Throttle.objects.filter(name="login of account from ip").delete()


@pytest.mark.parametrize("address", ["2001:db8:1:{:x}::1", "192.0.2.1"])
def test_one_site_alone_locks_nobody_out(customer: Customer, address: str) -> None:
    answers = []
    for number in range(30):
        answers.append(log_in(address.format(number), "guess"))
        five_minutes_later()
    assert (answers.count(422), answers.count(429)) == (20, 10)
    # What was refused to the site is not counted for the account.
    assert Throttle.objects.get(name="login of account").count == 20
    assert log_in(HOME, PASSWORD) == 302


def test_it_takes_five_sites_to_use_up_what_an_account_has() -> None:
    site, account = LIMITS["login of account from site"], LIMITS["login of account"]
    assert (account.tries // site.tries, account.seconds) == (5, site.seconds)


def test_whom_many_have_locked_out_a_link_lets_in(
    customer: Customer, agent: User, stranger: Client
) -> None:
    links: list[tuple[str, str, str, Any]] = [
        (SHOP, JANA, "/account/reset/", ResetRequest.start(customer, by=None)),
        (DESK, "anna@desk.example", "/admin/link/", StaffLink.start(agent, by=None)),
    ]
    for door, email, page, link in links:
        log_in("192.0.2.1", "guess", email=email, door=door)
        full = LIMITS["login of account"].tries
        Throttle.objects.filter(name="login of account").update(count=full)
        assert log_in(HOME, PASSWORD, email=email, door=door) == 429
        stranger.get(f"{page}{token_for(link)}/")
        assert stranger.post(page, {"password": NEW, "name": "Anna Agent"}).url == door
        assert log_in(HOME, NEW, email=email, door=door) == 302
