"""Signing in beside what ends all sessions: nobody is left signed in, asleep or awake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.enabling import set_password
from accounts.models import Session, Throttle
from events.models import Event
from tests.factories.accounts import PASSWORD, StaffFactory
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once, beside

if TYPE_CHECKING:
    from customers.models import Customer

ROUNDS = 20


@pytest.fixture
def jana(transactional_db: None) -> Customer:
    return CustomerFactory(email="jana.mueller@example.de", account=True)


def test_who_is_barred_during_the_sign_in_is_not_let_in(jana: Customer) -> None:
    browser = Client(headers={"Accept-Language": "en"})
    typed = {"email": jana.user.email, "password": PASSWORD}
    answer = beside(lambda: jana.disable(by=None), lambda: browser.post("/account/login/", typed))
    assert answer.status_code == 422
    assert "do not go together" in browser.post("/account/login/", typed).content.decode()
    jana.enable_again(by=None)
    assert browser.get("/account/").status_code == 302
    assert not Session.objects.of(jana.user).exists()
    assert not Event.objects.filter(name="user.signed_in").exists()


def test_a_password_that_was_changed_meanwhile_lets_nobody_in(jana: Customer) -> None:
    def change() -> None:
        set_password(jana.user, make_password("Espresso-am-Morgen-3"), by=jana)

    def hold_and_change() -> None:
        jana.lock()
        change()

    browser = Client()
    typed = {"email": jana.user.email, "password": PASSWORD}
    answer = beside(hold_and_change, lambda: browser.post("/account/login/", typed))
    assert answer.status_code == 422
    assert not Session.objects.of(jana.user).exists()


def test_a_colleague_who_is_deactivated_meanwhile_is_not_let_in(transactional_db: None) -> None:
    owner, agent = StaffFactory(role="owner"), StaffFactory(email="anna@desk.example")
    browser = Client()
    typed = {"email": agent.email, "password": PASSWORD}
    answer = beside(
        lambda: agent.deactivate(by=owner), lambda: browser.post("/admin/login/", typed)
    )
    assert answer.status_code == 422
    agent.reactivate(by=owner)
    assert browser.get("/admin/").status_code == 302
    assert not Session.objects.of(agent).exists()


def test_of_eight_sign_ins_and_endings_no_session_sleeps(jana: Customer) -> None:
    """Whoever was let in before the ending is out again; whoever comes later stays out."""
    typed = {"email": jana.user.email, "password": PASSWORD}
    for _round in range(ROUNDS):
        Throttle.objects.all().delete()
        browsers = [Client() for _number in range(7)]

        def act(number: int, browsers: list[Client] = browsers) -> Any:
            if number == 7:
                return jana.disable(by=None)
            return browsers[number].post("/account/login/", typed).status_code

        answers = all_at_once(act)
        # 400: let in and out again before the answer was written.
        assert set(answers[:7]) <= {302, 422, 400}, answers
        assert answers[7] is True
        jana.enable_again(by=None)
        assert [browser.get("/account/").status_code for browser in browsers] == [302] * 7
        assert not Session.objects.filter(user__isnull=False).exists()
