"""How often a caller may guess: counted before anything is compared, and never forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import AlreadyMatched, IdentityCheck, ProofTry, Throttle
from accounts.proof_limits import waits
from accounts.proofs import counting_kinds
from accounts.throttling import LIMITS, Throttled, seconds_left
from tests.factories.checks import kind, known_for_long, match, miss
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from customers.models import Customer

NUMBER, LAST, ADDRESS = "order_number_and_postal_code", "last_order", "shipping_address"


@pytest.fixture
def jana(customer: Customer) -> Customer:
    return known_for_long(customer)


def test_one_proof_is_tried_three_times_an_hour(jana: Customer, agent: User) -> None:
    check = IdentityCheck.begin(jana, by=agent)
    for _ in range(3):
        miss(check, NUMBER, by=agent)
    with pytest.raises(Throttled) as refusal:
        match(check, NUMBER, by=agent)
    assert 3590 < refusal.value.seconds <= 3600
    assert ProofTry.objects.count() == 3
    assert match(check, LAST, by=agent)


def test_another_colleague_has_no_tries_of_their_own(
    jana: Customer, agent: User, other_agent: User
) -> None:
    for _ in range(3):
        miss(IdentityCheck.begin(jana, by=agent), NUMBER, by=agent)
    with pytest.raises(Throttled):
        miss(IdentityCheck.begin(jana, by=other_agent), NUMBER, by=other_agent)


def test_all_proofs_of_a_customer_are_tried_eight_times_an_hour(
    jana: Customer, agent: User, owner: User
) -> None:
    for name in (NUMBER, LAST):
        check = IdentityCheck.begin(jana, by=agent)
        match(check, name, by=agent)
        for _ in range(2):
            with pytest.raises(AlreadyMatched):
                match(check, name, by=agent)
    check.end(by=agent)
    check = IdentityCheck.begin(jana, by=agent)
    for _ in range(2):
        miss(check, ADDRESS, by=agent)
    with pytest.raises(Throttled):
        match(check, "stored_phone", by=agent)
    with pytest.raises(Throttled):
        check.try_proof(kind("owner_vouches"), {"because": "We met"}, by=owner)


def test_a_match_gives_no_try_back(jana: Customer, agent: User) -> None:
    for _ in range(2):
        miss(IdentityCheck.begin(jana, by=agent), NUMBER, by=agent)
    check = IdentityCheck.begin(jana, by=agent)
    match(check, NUMBER, by=agent)
    check.end(by=agent)
    with pytest.raises(Throttled):
        miss(IdentityCheck.begin(jana, by=agent), NUMBER, by=agent)


def test_a_colleague_hears_sixty_answers_an_hour(agent: User, jana: Customer) -> None:
    Throttle.objects.all().delete()
    check = IdentityCheck.begin(jana, by=agent)
    miss(check, NUMBER, by=agent)
    of_agent = Throttle.objects.get(name="answers to colleague")
    Throttle.objects.filter(pk=of_agent.pk).update(count=LIMITS["answers to colleague"].tries)
    other = known_for_long(CustomerFactory())
    with pytest.raises(Throttled):
        miss(IdentityCheck.begin(other, by=agent), "stored_phone", by=agent)


def test_how_long_to_wait_is_known_without_counting(
    jana: Customer, agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    check = IdentityCheck.begin(jana, by=agent)
    for _ in range(3):
        miss(check, NUMBER, by=agent)
    with django_assert_num_queries(1):
        left = waits(check, counting_kinds(), by=agent)
    assert (list(left), left[NUMBER] > 3590) == ([NUMBER], True)
    assert sorted(Throttle.objects.values_list("count", flat=True)) == [3, 3, 3]


def test_another_limit_under_the_same_key_is_another_limit(db: None) -> None:
    from accounts.throttling import hit

    for _ in range(6):
        hit("code of user", 7)
    assert seconds_left(("answers to colleague", 7), ("own password of user", 7)) == [0, 0]
    assert seconds_left(("code of user", 7))[0] > 0
