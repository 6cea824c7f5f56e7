"""Real threads on everything that may happen once, or so many times and no more."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.hashers import make_password

from accounts import second_factor
from accounts.models import AskPurpose, LinkRefused, RecoveryAsk, Registration, StaffLink, Throttle
from accounts.throttling import LIMITS, Throttled, hit
from customers.models import Customer
from tests.factories.accounts import StaffFactory
from tests.threads import THREADS, all_at_once


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_a_code_lets_one_of_eight_in(transactional_db: None) -> None:
    agent = StaffFactory()
    secret = generate_totp_secret()
    second_factor.switch_on(agent, secret)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    results = all_at_once(lambda _number: second_factor.accepts(agent, code))
    assert sorted(results) == [False] * (THREADS - 1) + [True]


def test_a_registration_makes_one_customer(transactional_db: None) -> None:
    ask = RecoveryAsk.ask(AskPurpose.REGISTER, "neu@example.de", language="en")
    registration = Registration.start(ask)

    def redeem(number: int) -> Any:
        return Registration.objects.get(pk=registration.pk).redeem(f"Espresso {number} am Morgen")

    assert kinds(all_at_once(redeem)) == ["LinkRefused"] * (THREADS - 1) + ["User"]
    assert Customer.objects.count() == 1


def test_eight_asks_for_one_unknown_address_leave_one_open_link(transactional_db: None) -> None:
    asks = [
        RecoveryAsk.ask(AskPurpose.REGISTER, "neu@example.de", language="en")
        for _ in range(THREADS)
    ]
    results = all_at_once(lambda number: asks[number].answer())
    assert results == [None] * THREADS
    assert Registration.objects.open().count() == 1


def test_a_staff_link_is_redeemed_once(transactional_db: None) -> None:
    agent = StaffFactory(password=make_password(None))
    link = StaffLink.start(agent, by=None)
    results = all_at_once(lambda number: StaffLink.objects.get(pk=link.pk).redeem(f"Pass {number}"))
    assert sum(isinstance(one, LinkRefused) for one in results) == THREADS - 1


def test_withdrawing_and_redeeming_at_once_have_one_winner(transactional_db: None) -> None:
    from accounts.models import ResetRequest
    from tests.factories.customers import CustomerFactory

    customer, agent = CustomerFactory(account=True), StaffFactory()
    request = ResetRequest.start(customer, by=agent)

    def act(number: int) -> Any:
        mine = ResetRequest.objects.get(pk=request.pk)
        return mine.redeem("Espresso 7 am Morgen") if number % 2 else mine.withdraw(by=agent)

    results = all_at_once(act)
    assert sum(isinstance(one, LinkRefused) for one in results) == THREADS - 1


def test_a_burst_is_counted_to_the_last(transactional_db: None) -> None:
    tries = LIMITS["redeem from ip"].tries

    def burst(_number: int) -> int:
        refused = 0
        for _ in range(10):
            try:
                hit("redeem from ip", "192.0.2.1")
            except Throttled:
                refused += 1
        return refused

    assert sum(all_at_once(burst)) == THREADS * 10 - tries
    assert Throttle.objects.get().count == THREADS * 10
