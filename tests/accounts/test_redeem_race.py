"""Real threads on one link: exactly one of them wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import LinkRefused, ResetRequest
from tests.accounts.conftest import minutes_later
from tests.factories.accounts import StaffFactory
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from customers.models import Customer

ROUNDS = 20


@pytest.fixture
def people(transactional_db: None) -> tuple[Any, Customer]:
    return StaffFactory(), CustomerFactory(account=True)


def test_of_eight_redemptions_of_one_link_one_wins(people: Any) -> None:
    agent, customer = people
    for turn in range(ROUNDS):
        minutes_later(60)
        request = ResetRequest.start(customer, by=agent)

        def redeem(number: int, request: ResetRequest = request, turn: int = turn) -> str:
            mine = ResetRequest.objects.get(pk=request.pk)
            mine.redeem(f"Password {turn} {number}")
            return f"Password {turn} {number}"

        results = all_at_once(redeem)
        winners = [one for one in results if isinstance(one, str)]
        losers = [one for one in results if isinstance(one, LinkRefused)]
        assert (len(winners), len(losers)) == (1, THREADS - 1), results
        customer.user.refresh_from_db()
        assert customer.user.check_password(winners[0])
        assert happened_to(request).filter(name="reset_request.redeemed").count() == 1
    assert happened_to(customer.user).filter(name="user.password_changed").count() == ROUNDS


def test_eight_clicks_at_once_are_one_request(people: Any) -> None:
    agent, customer = people
    results = all_at_once(lambda _number: ResetRequest.start(customer, by=agent).pk)
    assert len(set(results)) == 1
    assert ResetRequest.objects.count() == 1


def test_a_link_never_survives_the_disabling_beside_it(people: Any) -> None:
    agent, customer = people

    def act(number: int) -> Any:
        mine = type(customer).objects.get(pk=customer.pk)
        return mine.disable(by=agent) if number == 0 else ResetRequest.start(mine, by=agent)

    all_at_once(act)
    assert not ResetRequest.objects.open().exists()
