"""Real threads on one link: exactly one of them wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from accounts.models import LinkRefused, ResetRequest
from tests.factories.accounts import StaffFactory
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from customers.models import Customer

ROUNDS = 20
THREADS = 8


def all_at_once(act: Callable[[int], Any]) -> list[Any]:
    """Run `act(number)` in eight threads that start together; what each returned or raised."""
    start = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS

    def run(number: int) -> None:
        try:
            start.wait(timeout=20)
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 -- the test looks at what each was told
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def people(transactional_db: None) -> tuple[Any, Customer]:
    return StaffFactory(), CustomerFactory(account=True)


def test_of_eight_redemptions_of_one_link_one_wins(people: Any) -> None:
    agent, customer = people
    for turn in range(ROUNDS):
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
