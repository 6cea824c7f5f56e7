"""A lost mailbox: after a check the account moves to an address that the customer proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import (
    AddressUndo,
    CheckNeeded,
    CustomerBarred,
    Hold,
    HoldReason,
    LinkRefused,
    LinkState,
    MoveStands,
    NotYet,
    Purpose,
    ResetRequest,
    Session,
    User,
)
from accounts.moving import AddressOf, NoAccount, SameAddress, redeem_move, start_move
from customers.models import AddressTaken, BadIdentity, Customer, Identity, Proof
from tests.accounts.conftest import link_in, minutes_later
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User as Staff

OLD, NEW = "jana.mueller@example.de", "jana@neu.example"
CHOSEN = "Ein neues Kennwort 7"


@pytest.fixture
def checked(customer: Customer, agent: Staff) -> Customer:
    passed_check(customer, by=agent)
    return customer


def test_a_link_goes_to_the_new_address_and_nothing_moves_yet(
    checked: Customer, agent: Staff, worker: Any
) -> None:
    browser = sign_in(checked.user)
    move = start_move(checked, " Jana@Neu.example ", by=agent)
    assert (move.purpose, move.to, move.asked_by) == (Purpose.MOVE, NEW, agent)
    [mail] = worker()
    assert (mail.to, mail.subject.startswith("Bestätigen Sie Ihre neue Adresse")) == ([NEW], True)
    assert link_in(mail).startswith("/account/move/")
    assert User.objects.get(customer=checked).email == OLD
    assert browser.get("/account/").status_code == 200


def test_using_it_moves_the_account_proves_the_address_and_sets_the_password(
    checked: Customer, agent: Staff, worker: Any
) -> None:
    sign_in(checked.user)
    move = start_move(checked, NEW, by=agent)
    worker()
    user = redeem_move(move, CHOSEN)
    assert (user.email, user.check_password(CHOSEN)) == (NEW, True)
    [identity] = Identity.objects.emails().filter(customer=checked)
    assert (identity.key, identity.proof, identity.is_primary) == (NEW, Proof.PROVED, True)
    assert not Session.objects.of(user).exists()
    assert {(mail.to[0], mail.subject) for mail in worker()} == {
        (OLD, "Ihre Anmeldeadresse wurde geändert"),
        (NEW, "Ihr Passwort wurde geändert"),
    }
    assert happened_to(move).filter(name="reset_request.redeemed").count() == 1


def test_it_works_once(checked: Customer, agent: Staff) -> None:
    move = start_move(checked, NEW, by=agent)
    redeem_move(move, CHOSEN)
    with pytest.raises(LinkRefused) as refused:
        redeem_move(ResetRequest.objects.get(pk=move.pk), "Noch ein Kennwort 8")
    assert refused.value.state == LinkState.USED
    assert User.objects.get(customer=checked).check_password(CHOSEN)


@pytest.mark.parametrize("minutes_ago", [None, 61])
def test_without_a_passed_check_no_link_leaves(
    customer: Customer, agent: Staff, worker: Any, minutes_ago: int | None
) -> None:
    if minutes_ago:
        passed_check(customer, by=agent, minutes_ago=minutes_ago)
    with pytest.raises(CheckNeeded):
        start_move(customer, NEW, by=agent)
    assert (ResetRequest.objects.count(), worker()) == (0, [])


def test_on_hold_the_check_has_to_be_newer_than_the_hold(checked: Customer, agent: Staff) -> None:
    Hold.put_on(checked, by=agent, reason=HoldReason.STAFF)
    with pytest.raises(CheckNeeded):
        start_move(checked, NEW, by=agent)
    passed_check(checked, by=agent)
    move = start_move(checked, NEW, by=agent)
    redeem_move(move, CHOSEN)
    checked.refresh_from_db()
    assert (checked.is_held, User.objects.get(customer=checked).email) == (True, NEW)


def test_it_outlives_the_lifting_of_the_hold_and_no_new_hold(
    customer: Customer, owner: Staff
) -> None:
    Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
    passed_check(customer, by=owner)
    move = start_move(customer, NEW, by=owner)
    Hold.objects.get().lift(by=owner)
    move.refresh_from_db()
    assert move.state == LinkState.OPEN
    Hold.put_on(Customer.objects.get(pk=customer.pk), by=owner, reason=HoldReason.STAFF)
    with pytest.raises(LinkRefused):
        redeem_move(move, CHOSEN)
    assert User.objects.get(customer=customer).email == OLD


@pytest.mark.parametrize(
    ("address", "refusal"),
    [(OLD.upper(), SameAddress), ("no address", BadIdentity), ("karl@example.de", AddressOf)],
)
def test_where_it_cannot_go(
    checked: Customer, agent: Staff, address: str, refusal: type[Exception]
) -> None:
    CustomerFactory(email="karl@example.de")
    with pytest.raises(refusal):
        start_move(checked, address, by=agent)
    assert ResetRequest.objects.count() == 0


def test_nobody_without_an_account_or_disabled_is_moved(customer: Customer, agent: Staff) -> None:
    newcomer = CustomerFactory(email="neu@example.de")
    passed_check(newcomer, by=agent)
    with pytest.raises(NoAccount):
        start_move(newcomer, NEW, by=agent)
    passed_check(customer, by=agent)
    move = start_move(customer, NEW, by=agent)
    customer.disable(by=agent)
    with pytest.raises(LinkRefused):
        redeem_move(move, CHOSEN)
    with pytest.raises(CustomerBarred):
        start_move(customer, NEW, by=agent)


def test_an_address_that_became_anothers_meanwhile_is_refused_and_the_link_stays(
    checked: Customer, agent: Staff
) -> None:
    move = start_move(checked, NEW, by=agent)
    CustomerFactory(email=NEW)
    with pytest.raises(AddressTaken):
        redeem_move(move, CHOSEN)
    move.refresh_from_db()
    user = User.objects.get(customer=checked)
    assert (move.state, user.email, user.check_password(CHOSEN)) == (LinkState.OPEN, OLD, False)


class TestWhileALinkToTheNewAddressIsOpen:
    def test_whoever_reads_the_former_mailbox_gets_none(
        self, checked: Customer, agent: Staff, worker: Any
    ) -> None:
        move = start_move(checked, NEW, by=agent)
        worker()
        minutes_later(10)
        assert ResetRequest.start(checked, by=None) == move
        assert worker() == []
        move.refresh_from_db()
        assert (move.state, move.asked_count) == (LinkState.OPEN, 2)

    def test_staff_withdraw_it_first(self, checked: Customer, agent: Staff) -> None:
        move = start_move(checked, NEW, by=agent)
        with pytest.raises(MoveStands):
            ResetRequest.start(checked, by=agent)
        move.withdraw(by=agent)
        assert ResetRequest.start(checked, by=agent).to == OLD

    def test_a_newer_one_replaces_it_once_a_minute(self, checked: Customer, agent: Staff) -> None:
        first = start_move(checked, NEW, by=agent)
        with pytest.raises(NotYet):
            start_move(checked, NEW, by=agent)
        minutes_later(2)
        second = start_move(checked, NEW, by=agent)
        first.refresh_from_db()
        assert (first.state, second.state) == (LinkState.REPLACED, LinkState.OPEN)

    def test_another_move_of_the_address_ends_it(self, checked: Customer, agent: Staff) -> None:
        move = start_move(checked, NEW, by=agent)
        other = checked.add_email("jana@dritt.example", by=agent, proof=Proof.PROVED)
        checked.make_primary(other, by=agent)
        with pytest.raises(LinkRefused):
            redeem_move(move, CHOSEN)


def test_the_former_address_is_forgotten_and_can_bring_itself_back(
    checked: Customer, agent: Staff
) -> None:
    redeem_move(start_move(checked, NEW, by=agent), CHOSEN)
    undo = AddressUndo.objects.get(customer=checked)
    assert undo.former == OLD
    assert not Identity.objects.filter(key=OLD).exists()


def test_a_check_allows_one_move(checked: Customer, agent: Staff) -> None:
    redeem_move(start_move(checked, NEW, by=agent), CHOSEN)
    with pytest.raises(CheckNeeded):
        start_move(checked, "jana@dritt.example", by=agent)


def test_a_password_that_an_intruder_changes_does_not_end_it(
    checked: Customer, agent: Staff
) -> None:
    move = start_move(checked, NEW, by=agent)
    intruder = sign_in(checked.user)
    typed = {"current": PASSWORD, "password": "Ein fremdes Kennwort 9"}
    assert intruder.post("/account/password/", typed).status_code == 302
    redeem_move(move, CHOSEN)
    assert User.objects.get(customer=checked).email == NEW


def test_it_ends_with_the_check_that_allowed_it(customer: Customer, agent: Staff) -> None:
    check = passed_check(customer, by=agent)
    move = start_move(customer, NEW, by=agent)
    assert check.end(by=agent)
    with pytest.raises(LinkRefused):
        redeem_move(move, CHOSEN)
