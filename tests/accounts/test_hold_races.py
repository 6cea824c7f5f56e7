"""Holds on real threads: one winner each, nobody signed in afterwards, no event lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Hold, HoldOver, HoldReason, LinkRefused, ResetRequest, Session, User
from customers.models import Customer, Identity, OnHold
from tests.accounts.conftest import forget_limits
from tests.factories.accounts import PASSWORD, StaffFactory
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 20
pytestmark = pytest.mark.usefixtures("transactional_db")


def anew() -> Iterator[Customer]:
    """A customer with an account for each round."""
    for number in range(ROUNDS):
        yield CustomerFactory(email=f"jana{number}@example.de", account=True)


def count(customer: Customer, name: str) -> int:
    return happened_to(customer).filter(name=name).count()


def only(results: list[Any], *kinds: type) -> None:
    """Nothing but what a loser is told; no deadlock, no constraint that had to step in."""
    strange = [one for one in results if isinstance(one, Exception) and not isinstance(one, kinds)]
    assert strange == []


def held(customer: Customer) -> bool:
    """Nobody is let in, and the row and the hold agree."""
    is_open = Hold.objects.open().filter(customer=customer).exists()
    assert Customer.objects.get(pk=customer.pk).is_held == is_open
    return is_open


def test_one_of_eight_puts_it_on() -> None:
    for jana in anew():
        results = all_at_once(
            lambda _n, pk=jana.pk: Hold.put_on(
                Customer.objects.get(pk=pk), by=None, reason=HoldReason.RULE
            )
        )
        assert sorted(results) == [False] * (THREADS - 1) + [True]
        assert (held(jana), count(jana, "customer.held")) == (True, 1)


def test_one_of_eight_lifts_it() -> None:
    owner = StaffFactory(role="owner")
    for jana in anew():
        Hold.put_on(jana, by=owner, reason=HoldReason.STAFF)
        passed_check(jana, by=owner)
        results = all_at_once(lambda _n, pk=jana.pk: Hold.objects.get(customer=pk).lift(by=owner))
        only(results, HoldOver)
        assert results.count(None) == 1
        assert (held(jana), count(jana, "customer.released")) == (False, 1)


def test_of_eight_who_ask_one_has_asked_and_another_one_lifts() -> None:
    agents = [StaffFactory() for _ in range(THREADS)]
    for jana in anew():
        Hold.put_on(jana, by=agents[0], reason=HoldReason.STAFF)
        passed_check(jana, by=agents[0])
        hold = Hold.objects.get(customer=jana)

        def ask(number: int, pk: int = hold.pk) -> Any:
            return Hold.objects.get(pk=pk).ask_to_lift(by=agents[number])

        assert sorted(all_at_once(ask)) == [False] * (THREADS - 1) + [True]

        def lift(number: int, pk: int = hold.pk) -> Any:
            return Hold.objects.get(pk=pk).lift(by=agents[number])

        results = all_at_once(lift)
        hold.refresh_from_db()
        assert results.count(None) == 1
        assert hold.lifted_by_id not in {None, hold.asked_to_lift_by_id}


def test_a_hold_and_a_redeemed_link_leave_nobody_signed_in() -> None:
    for jana in anew():
        request = ResetRequest.start(jana, by=None)

        def act(number: int, jana: Customer = jana, pk: int = request.pk) -> Any:
            if number % 2:
                return ResetRequest.objects.get(pk=pk).redeem("Espresso-am-Morgen-9")
            return Hold.put_on(Customer.objects.get(pk=jana.pk), by=None, reason=HoldReason.RULE)

        results = all_at_once(act)
        only(results, LinkRefused)
        redeemed = sum(isinstance(one, User) for one in results)
        assert (results.count(True), redeemed) in {(1, 0), (1, 1)}
        assert held(jana)
        assert ResetRequest.objects.unclosed().filter(customer=jana).count() == 0
        assert happened_to(request).filter(name="reset_request.redeemed").count() == redeemed


def test_a_hold_and_signing_in_leave_no_session_that_opens_anything() -> None:
    home = reverse("account_home")
    for jana in anew():
        forget_limits()
        browsers = [Client() for _ in range(THREADS)]

        def act(number: int, jana: Customer = jana, browsers: list[Client] = browsers) -> Any:
            if number == 0:
                mine = Customer.objects.get(pk=jana.pk)
                return Hold.put_on(mine, by=None, reason=HoldReason.RULE)
            typed = {"email": jana.primary_email, "password": PASSWORD}
            return browsers[number].post(reverse("account_login"), typed).status_code

        only(all_at_once(act))
        assert [one.get(home).status_code for one in browsers] == [302] * THREADS
        owner = User.objects.owners().first() or StaffFactory(role="owner")
        Hold.objects.get(customer=jana).lift(by=owner, without_check="We met")
        assert [one.get(home).status_code for one in browsers] == [302] * THREADS
        assert Session.objects.filter(user=jana.user).count() == 0  # type: ignore[attr-defined]


def test_a_hold_and_a_new_address_end_in_an_order() -> None:
    for jana in anew():

        def act(number: int, jana: Customer = jana) -> Any:
            mine = Customer.objects.get(pk=jana.pk)
            if number == 0:
                return Hold.put_on(mine, by=None, reason=HoldReason.RULE)
            return mine.add_email(f"{jana.pk}-{number}@example.de", by=None)

        results = all_at_once(act)
        only(results, OnHold)
        added = sum(isinstance(one, Identity) for one in results)
        assert (held(jana), jana.identities.count()) == (True, 1 + added)
        assert count(jana, "customer.email_added") == added
