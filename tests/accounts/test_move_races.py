"""Moves and undos on real threads: one winner each, the addresses agree, no event lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import AddressUndo, Hold, LinkRefused, ResetRequest, User
from accounts.moving import redeem_move, start_move
from customers.models import Customer, Identity, OnHold, Proof
from tests.factories.accounts import StaffFactory
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 20
pytestmark = pytest.mark.usefixtures("transactional_db")


def anew() -> Iterator[tuple[int, Customer]]:
    for number in range(ROUNDS):
        yield number, CustomerFactory(email=f"jana{number}@example.de", account=True)


def losers(results: list[Any], *kinds: type) -> int:
    """How many were told that they came late; nobody was told anything else."""
    failed = [one for one in results if isinstance(one, Exception)]
    assert [one for one in failed if not isinstance(one, kinds)] == []
    return len(failed)


def agree(customer: Customer) -> str:
    """The one address that both sides know."""
    primary = Identity.objects.emails().primary().get(customer=customer).key
    assert User.objects.get(customer=customer).email == primary
    return primary


def test_of_eight_uses_of_one_link_one_moves_the_account() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        passed_check(jana, by=agent)
        move = start_move(jana, f"neu{number}@example.de", by=agent)
        results = all_at_once(
            lambda turn, pk=move.pk: redeem_move(
                ResetRequest.objects.get(pk=pk), f"Kennwort {turn}x"
            )
        )
        assert losers(results, LinkRefused) == THREADS - 1
        assert agree(jana) == f"neu{number}@example.de"
        assert AddressUndo.objects.filter(customer=jana).count() == 1
        assert happened_to(move).filter(name="reset_request.redeemed").count() == 1


def test_of_eight_undoings_one_brings_the_address_back() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        other = jana.add_email(f"neu{number}@example.de", by=agent, proof=Proof.PROVED)
        jana.make_primary(other, by=agent)
        undo = AddressUndo.objects.get(customer=jana)
        results = all_at_once(lambda _turn, pk=undo.pk: AddressUndo.objects.get(pk=pk).undo())
        assert losers(results, LinkRefused) == THREADS - 1
        assert agree(jana) == f"jana{number}@example.de"
        assert Hold.objects.open().filter(customer=jana).count() == 1
        assert happened_to(undo).filter(name="address_undo.used").count() == 1


def test_whatever_comes_first_of_move_and_undo_both_sides_agree() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        jana.make_primary(
            jana.add_email(f"zwei{number}@example.de", by=agent, proof=Proof.PROVED), by=agent
        )
        undo = AddressUndo.objects.get(customer=jana)
        passed_check(jana, by=agent)
        move = start_move(jana, f"drei{number}@example.de", by=agent)

        def act(turn: int, undo: int = undo.pk, move: int = move.pk) -> object:
            if turn % 2:
                return AddressUndo.objects.get(pk=undo).undo()
            return redeem_move(ResetRequest.objects.get(pk=move), f"Kennwort {turn}x")

        losers(all_at_once(act), LinkRefused, OnHold)
        # The way back always has the last word: it comes from the mailbox that was there first.
        assert agree(jana) == f"jana{number}@example.de"
        assert Customer.objects.get(pk=jana.pk).is_held
