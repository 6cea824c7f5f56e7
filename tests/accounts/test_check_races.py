"""Checks on real threads: limits hold, points are counted once, nothing passes a hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import (
    AlreadyMatched,
    CheckOver,
    Flag,
    Hold,
    HoldReason,
    IdentityCheck,
    ProofTry,
)
from accounts.models.checks import FAILS_AFTER
from accounts.throttling import Throttled
from customers.models import Customer
from events.models import Event
from tests.accounts.conftest import forget_limits
from tests.factories.accounts import StaffFactory
from tests.factories.checks import WRONG, kind, known_for_long, match, miss
from tests.factories.customers import CustomerFactory
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 20
NUMBER, LAST = "order_number_and_postal_code", "last_order"
pytestmark = pytest.mark.usefixtures("transactional_db")


def kinds_of(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ if isinstance(one, Exception) else str(one) for one in results)


def anew() -> Iterator[Customer]:
    """A customer of whom something is known, and no limit used up, for each round."""
    for _ in range(ROUNDS):
        forget_limits()
        customer = CustomerFactory(phone="+49 40 555012")
        customer.identities.update(added_at=None)
        yield customer


def mine(check: IdentityCheck) -> IdentityCheck:
    return IdentityCheck.objects.get(pk=check.pk)


def test_of_eight_who_begin_at_once_one_check_is_begun() -> None:
    agent = StaffFactory()
    for jana in anew():
        found = all_at_once(
            lambda _n, pk=jana.pk: IdentityCheck.begin(Customer.objects.get(pk=pk), by=agent).pk
        )
        assert len(set(found)) == 1
    assert Event.objects.filter(name="identity_check.started").count() == ROUNDS


def test_of_eight_right_answers_at_once_one_counts() -> None:
    agent = StaffFactory()
    for jana in anew():
        check = IdentityCheck.begin(jana, by=agent)
        found = all_at_once(lambda _n, one=check: match(mine(one), "stored_phone", by=agent))
        assert kinds_of(found) == ["AlreadyMatched"] * 2 + ["Throttled"] * 5 + ["True"]
        check.refresh_from_db()
        assert (check.points, check.tries.count()) == (10, 1)


def test_of_eight_wrong_answers_at_once_three_are_compared() -> None:
    agent = StaffFactory()
    for jana in anew():
        check = IdentityCheck.begin(jana, by=agent)
        found = all_at_once(lambda _n, one=check: miss(mine(one), "stored_phone", by=agent))
        assert kinds_of(found) == ["False"] * 3 + ["Throttled"] * 5
        assert check.tries.count() == 3


def test_two_colleagues_with_two_proofs_lose_no_points() -> None:
    agents = [StaffFactory(), StaffFactory()]
    jana = known_for_long(CustomerFactory())
    for _ in range(ROUNDS):
        forget_limits()
        check = IdentityCheck.begin(jana, by=agents[0])

        def answer(number: int, check: IdentityCheck = check) -> bool:
            return match(mine(check), (NUMBER, LAST)[number], by=agents[number])

        assert all_at_once(answer, threads=2) == [True, True]
        check.refresh_from_db()
        assert check.points == 60
        check.end(by=agents[0])


def test_a_check_passes_once_and_never_beside_a_hold() -> None:
    owner = StaffFactory(role="owner")
    word = {"because": "We met"}
    for jana in anew():
        check = IdentityCheck.begin(jana, by=owner)

        def act(number: int, jana: Customer = jana, check: IdentityCheck = check) -> Any:
            if number == 0:
                held = Customer.objects.get(pk=jana.pk)
                return Hold.put_on(held, by=None, reason=HoldReason.RULE)
            return mine(check).try_proof(kind("owner_vouches"), word, by=owner)

        found = all_at_once(act, threads=3)
        strange = [
            one for one in found if isinstance(one, Exception) and not isinstance(one, CheckOver)
        ]
        assert strange == []
        hold = Hold.objects.get(customer=jana)
        assert IdentityCheck.valid(jana, since=hold.put_on_at) is None
        assert ProofTry.objects.filter(identity_check=check).count() == found[1:].count(True) <= 1
    passed = Event.objects.filter(name="identity_check.passed").count()
    ended = Event.objects.filter(name="identity_check.ended").count()
    assert (passed <= ROUNDS, ended) == (True, ROUNDS)


def test_of_eight_wrong_answers_in_eight_checks_the_fifth_of_the_customer_is_the_last() -> None:
    agents = [StaffFactory() for _ in range(THREADS)]
    kinds = list(WRONG)
    for _ in range(ROUNDS):
        jana = known_for_long(CustomerFactory())
        checks = [IdentityCheck.begin(jana, by=agent) for agent in agents]
        for name in kinds:
            miss(checks[0], name, by=agents[0])
        forget_limits()

        def answer(number: int, checks: list[IdentityCheck] = checks) -> bool:
            return miss(mine(checks[number]), kinds[number % 4], by=agents[number])

        found = all_at_once(answer)
        assert kinds_of(found) == ["False"] + ["LookFirst"] * (THREADS - 1)
        tries = ProofTry.objects.filter(identity_check__customer=jana)
        assert (tries.count(), Flag.objects.of(jana).count()) == (FAILS_AFTER, 1)
        forget_limits()


def test_nothing_is_refused_for_a_reason_that_is_none() -> None:
    """The names above are the classes they seem to be."""
    assert {AlreadyMatched.__name__, Throttled.__name__} == {"AlreadyMatched", "Throttled"}
    assert THREADS == 8
