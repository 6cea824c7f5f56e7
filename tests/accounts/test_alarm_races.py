"""Alarms on real threads: one winner each, one hold, one flag, no event lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Alarm, Flag, Hold, HoldReason, LinkRefused, ResetRequest, User
from customers.models import Customer
from tests.factories.accounts import StaffFactory
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 20
pytestmark = pytest.mark.usefixtures("transactional_db")


def anew() -> Iterator[tuple[Customer, Alarm]]:
    """A customer whose password was changed, for each round."""
    for number in range(ROUNDS):
        jana = CustomerFactory(email=f"jana{number}@example.de", account=True)
        ResetRequest.start(jana, by=None).redeem("Espresso-am-Morgen-9")
        yield jana, Alarm.objects.get(user__customer=jana)


def only(results: list[Any], *kinds: type) -> None:
    """Nothing but what a loser is told; no deadlock, no constraint that had to step in."""
    strange = [one for one in results if isinstance(one, Exception) and not isinstance(one, kinds)]
    assert strange == []


def told(customer: Customer, alarms: int = 1) -> None:
    """One hold, one flag, and each event once."""
    assert Hold.objects.filter(customer=customer).count() == 1
    assert Flag.objects.filter(customer=customer).count() == 1
    for name in ("customer.held", "customer.flagged"):
        assert happened_to(customer).filter(name=name).count() == 1
    sounded = [happened_to(one).count() for one in Alarm.objects.filter(user__customer=customer)]
    assert sum(sounded) == alarms


def test_one_of_eight_clicks_sounds_it() -> None:
    for jana, alarm in anew():
        results = all_at_once(lambda _n, pk=alarm.pk: Alarm.objects.get(pk=pk).sound())
        only(results, LinkRefused)
        assert results.count(None) == 1
        told(jana)


def test_of_eight_mails_one_sounds_and_the_others_are_withdrawn() -> None:
    for jana, first in anew():
        for number in range(THREADS - 1):
            request = ResetRequest.objects.create(
                customer=jana, purpose="reset", to=first.to, expires_at=first.expires_at
            )
            request.redeem(f"Espresso-am-Abend-{number}")
        pks = list(Alarm.objects.filter(user__customer=jana).values_list("pk", flat=True))
        results = all_at_once(lambda n, pks=pks: Alarm.objects.get(pk=pks[n]).sound())
        only(results, LinkRefused)
        assert (len(pks), results.count(None)) == (THREADS, 1)
        endings = Alarm.objects.filter(pk__in=pks).values_list("ending", flat=True)
        assert sorted(endings) == ["used"] + ["withdrawn"] * (THREADS - 1)
        told(jana)


def test_an_alarm_and_a_hold_by_staff_leave_one_hold_and_the_flag() -> None:
    agent = StaffFactory()
    for jana, alarm in anew():

        def act(number: int, jana: Customer = jana, pk: int = alarm.pk) -> Any:
            if number % 2:
                return Alarm.objects.get(pk=pk).sound()
            mine = Customer.objects.get(pk=jana.pk)
            return Hold.put_on(mine, by=agent, reason=HoldReason.STAFF)

        results = all_at_once(act)
        only(results, LinkRefused)
        assert results.count(None) == 1
        told(jana)


def test_an_alarm_and_a_new_password_end_with_nobody_let_in() -> None:
    for jana, alarm in anew():
        request = ResetRequest.objects.create(
            customer=jana, purpose="reset", to=alarm.to, expires_at=alarm.expires_at
        )

        def act(number: int, pk: int = alarm.pk, request: int = request.pk) -> Any:
            if number % 2:
                return Alarm.objects.get(pk=pk).sound()
            return ResetRequest.objects.get(pk=request).redeem("Espresso-am-Abend-4")

        results = all_at_once(act)
        only(results, LinkRefused)
        redeemed = sum(isinstance(one, User) for one in results)
        assert (results.count(None), redeemed in {0, 1}) == (1, True)
        assert Customer.objects.get(pk=jana.pk).is_held
        assert ResetRequest.objects.unclosed().filter(customer=jana).count() == 0
        told(jana)
        # Whoever was quicker than the alarm has left one of their own, which is silent by now.
        assert Alarm.objects.unclosed().filter(user__customer=jana).count() == 0
