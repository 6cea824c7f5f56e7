"""Moves and undos on real threads: one winner each, the addresses agree, no event lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import (
    AddressUndo,
    Hold,
    HoldReason,
    LinkRefused,
    LinkState,
    ResetRequest,
    User,
)
from accounts.moving import redeem_move, start_move
from customers.models import AddressTaken, Customer, Identity, OnHold, Proof
from tests.accounts.conftest import mailed_earlier
from tests.factories.accounts import StaffFactory
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

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


def told(subject: Model, name: str) -> int:
    return happened_to(subject).filter(name=name).count()


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
        assert told(move, "reset_request.redeemed") == 1


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
        assert told(undo, "address_undo.used") == 1


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


def test_of_eight_customers_who_confirm_one_address_one_gets_it() -> None:
    agent = StaffFactory()
    janas = [CustomerFactory(account=True) for _ in range(THREADS)]
    for number in range(ROUNDS):
        wanted, before = f"begehrt{number}@example.de", [agree(jana) for jana in janas]
        moves = []
        for jana in janas:
            mailed_earlier(timedelta(hours=2))
            passed_check(jana, by=agent)
            moves.append(start_move(jana, wanted, by=agent))

        def act(turn: int, moves: list[ResetRequest] = moves) -> User:
            return redeem_move(ResetRequest.objects.get(pk=moves[turn].pk), f"Kennwort {turn}x")

        results = all_at_once(act)
        assert losers(results, AddressTaken) == THREADS - 1
        won = [isinstance(one, User) for one in results]
        expected = [wanted if mine else old for mine, old in zip(won, before, strict=True)]
        assert [agree(jana) for jana in janas] == expected
        assert [told(move, "reset_request.redeemed") for move in moves] == won
        # Whoever came late may use the link yet; it is taken back, for the next round to begin.
        ResetRequest.objects.unclosed().close(LinkState.WITHDRAWN)


def test_of_eight_who_choose_one_address_one_has_changed_it() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        new = jana.add_email(f"neu{number}@example.de", by=agent, proof=Proof.PROVED)

        def act(_turn: int, jana: int = jana.pk, new: Identity = new) -> bool:
            return Customer.objects.get(pk=jana).make_primary(new, by=agent)

        assert sorted(all_at_once(act)) == [False] * (THREADS - 1) + [True]
        assert agree(jana) == f"neu{number}@example.de"
        assert told(jana, "customer.primary_email_changed") == 1
        assert AddressUndo.objects.filter(customer=jana).count() == 1


def test_eight_who_choose_an_address_each_leave_an_event_and_a_way_back_each() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        new = [
            jana.add_email(f"neu{number}-{turn}@example.de", by=agent, proof=Proof.PROVED)
            for turn in range(THREADS)
        ]

        def act(turn: int, jana: int = jana.pk, new: list[Identity] = new) -> bool:
            return Customer.objects.get(pk=jana).make_primary(new[turn], by=agent)

        assert all_at_once(act) == [True] * THREADS
        assert agree(jana) in {one.key for one in new}
        assert told(jana, "customer.primary_email_changed") == THREADS
        left = {*AddressUndo.objects.filter(customer=jana).values_list("former", flat=True)}
        assert left == {f"jana{number}@example.de", *(one.key for one in new)} - {agree(jana)}


def test_an_undo_and_a_hold_leave_one_hold_and_the_former_address() -> None:
    agent = StaffFactory()
    for number, jana in anew():
        other = jana.add_email(f"neu{number}@example.de", by=agent, proof=Proof.PROVED)
        jana.make_primary(other, by=agent)
        undo = AddressUndo.objects.get(customer=jana)

        def act(turn: int, jana: int = jana.pk, undo: int = undo.pk) -> object:
            if turn % 2:
                return AddressUndo.objects.get(pk=undo).undo()
            mine = Customer.objects.get(pk=jana)
            return Hold.put_on(mine, by=agent, reason=HoldReason.STAFF)

        assert losers(all_at_once(act), LinkRefused) == THREADS // 2 - 1
        assert agree(jana) == f"jana{number}@example.de"
        assert Hold.objects.open().filter(customer=jana).count() == 1
        assert (told(jana, "customer.held"), told(undo, "address_undo.used")) == (1, 1)
