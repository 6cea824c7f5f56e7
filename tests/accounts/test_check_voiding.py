"""A check counts no more once the account is not what it was: moves, holds, disabling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import (
    CheckNeeded,
    CheckOver,
    Hold,
    HoldReason,
    IdentityCheck,
    ResetRequest,
)
from accounts.models.checks import Ending, end_checks
from accounts.moving import redeem_move, start_move
from accounts.voiding import follow_moves
from customers.models import Customer, Proof
from events.models import Event
from tests.factories.accounts import StaffFactory
from tests.factories.checks import known_for_long, match, passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User


def move(customer: Customer, by: User) -> None:
    fresh = customer.add_email("jana@neu.example", by=by, proof=Proof.PROVED)
    customer.make_primary(fresh, by=by)


def replace(customer: Customer, by: User, to: str = "jana@anders.example") -> None:
    customer.replace_email(to, by=by, proof=Proof.PROVED)


def remove(customer: Customer, by: User) -> None:
    customer.add_email("jana@neu.example", by=by, proof=Proof.PROVED)
    customer.remove_identity(customer.identities.get(is_primary=True), by=by)


def hold(customer: Customer, by: User) -> None:
    Hold.put_on(customer, by=by, reason=HoldReason.STAFF)


def disable(customer: Customer, by: User) -> None:
    customer.disable(by=by)


CHANGES = [
    (move, "moved"), (replace, "moved"), (remove, "moved"), (hold, "barred"), (disable, "barred"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "ending"), CHANGES)
def test_what_voids_a_check(
    customer: Customer, agent: User, change: Callable[[Customer, User], None], ending: str
) -> None:
    passed = passed_check(customer, by=agent, minutes_ago=1)
    running = IdentityCheck.begin(customer, by=agent)
    other = passed_check(CustomerFactory(), by=agent)
    change(customer, agent)
    assert IdentityCheck.valid(customer) is None
    for one in (passed, running):
        one.refresh_from_db()
        assert (one.state, one.ending) == ("ended", ending)
    with pytest.raises(CheckOver):
        match(running, "stored_phone", by=agent)
    assert IdentityCheck.valid(other.customer) == other
    told = Event.objects.filter(name="identity_check.ended").order_by("pk")
    assert [event.plain for event in told] == [{"ending": ending}] * 2


def test_what_does_not(customer: Customer, agent: User, owner: User) -> None:
    known_for_long(customer)
    check = passed_check(customer, by=agent)
    customer.add_email("jana@dritt.example", by=agent)
    customer.add_phone("+49 171 2345678", by=agent)
    ResetRequest.start(customer, by=agent).redeem("Espresso-am-Morgen-9")
    assert IdentityCheck.valid(customer) == check


def test_lifting_a_hold_leaves_the_check_that_lifted_it(customer: Customer, owner: User) -> None:
    hold(customer, owner)
    check = passed_check(customer, by=owner)
    Hold.objects.get().lift(by=owner)
    assert IdentityCheck.valid(customer) == check
    hold(customer, owner)
    with pytest.raises(CheckNeeded):
        Hold.objects.open().get().lift(by=owner)


def test_the_move_that_a_check_allowed_leaves_it_for_lifting_the_hold(
    customer: Customer, owner: User
) -> None:
    hold(customer, owner)
    check = passed_check(customer, by=owner)
    move_link = start_move(customer, "jana@neu.example", by=owner)
    redeem_move(move_link, "Espresso-am-Morgen-9")
    assert IdentityCheck.valid(customer) == check
    Hold.objects.get().lift(by=owner)
    replace(customer, owner)
    assert IdentityCheck.valid(customer) is None


@pytest.mark.parametrize(("is_before", "ending"), [(True, ""), (False, "withdrawn")])
def test_an_invite_from_before_the_check_outlives_it(
    agent: User, is_before: bool, ending: str
) -> None:
    customer = CustomerFactory()
    if not is_before:
        passed_check(customer, by=agent)
    invite = ResetRequest.start(customer, by=agent)
    if is_before:
        passed_check(customer, by=agent)
    end_checks(IdentityCheck.objects.of_customers([customer.pk]), Ending.STAFF, by=agent)
    invite.refresh_from_db()
    assert (invite.purpose, invite.ending) == ("invite", ending)


def statements_for(rows: int, agent: User) -> int:
    customers = [CustomerFactory() for _ in range(rows)]
    for one in customers:
        passed_check(one, by=agent)
        IdentityCheck.begin(one, by=agent)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        follow_moves([one.pk for one in customers])
    return len(asked)


def test_many_moves_ask_as_often_as_one(db: None) -> None:
    agent = StaffFactory()
    assert statements_for(1, agent) == statements_for(5, agent)
    assert not IdentityCheck.objects.passed().exists()


def test_customers_whom_nobody_checked_cost_one_question(db: None) -> None:
    customer = CustomerFactory()
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        follow_moves([customer.pk])
    assert len(asked) == 1
