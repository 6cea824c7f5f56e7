"""The way back from the mailbox an account has left: the address returns, and nobody gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import (
    AddressUndo,
    Flag,
    FlagKind,
    Hold,
    HoldReason,
    IdentityCheck,
    LinkRefused,
    LinkState,
    ResetRequest,
    Session,
    User,
)
from accounts.moving import start_move
from customers.models import Customer, Identity, Proof
from tests.accounts.conftest import link_in
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User as Staff

OLD, NEW = "jana.mueller@example.de", "jana@neu.example"


def move(customer: Customer, address: str, by: Staff) -> AddressUndo:
    customer.make_primary(customer.add_email(address, by=by, proof=Proof.PROVED), by=by)
    return AddressUndo.objects.filter(customer=customer).latest("pk")


def test_every_moved_sign_in_address_is_told_how_to_undo_it(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    undo = move(customer, NEW, agent)
    assert (undo.expires_at - undo.started_at).total_seconds() == 72 * 3600
    [mail] = worker()
    assert mail.to == [OLD]
    assert link_in(mail).startswith("/account/undo/")


def test_it_brings_the_address_back_signs_everybody_out_and_holds_the_account(
    customer: Customer, agent: Staff
) -> None:
    undo = move(customer, NEW, agent)
    sign_in(User.objects.get(customer=customer))
    assert undo.undo() is True
    user = User.objects.get(customer=customer)
    assert (user.email, Session.objects.of(user).exists()) == (OLD, False)
    primary = Identity.objects.emails().primary().get(customer=customer)
    assert (primary.key, primary.proof) == (OLD, Proof.PROVED)
    assert not Identity.objects.filter(customer=customer, key=NEW).exists()
    hold, flag = Hold.objects.open().get(), Flag.objects.open().get()
    assert (hold.reason, flag.kind) == (HoldReason.UNDONE, FlagKind.UNDONE)
    assert happened_to(undo).filter(name="address_undo.used").count() == 1


def test_the_address_that_goes_cannot_undo_the_undoing(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    undo = move(customer, NEW, agent)
    worker()
    undo.undo()
    [notice] = worker()
    assert (notice.to, "/account/undo/" in str(notice.body)) == ([NEW], False)
    assert not AddressUndo.objects.open().exists()


def test_it_works_once(customer: Customer, agent: Staff) -> None:
    undo = move(customer, NEW, agent)
    undo.undo()
    with pytest.raises(LinkRefused) as refused:
        AddressUndo.objects.get(pk=undo.pk).undo()
    assert (refused.value.state, Hold.objects.count()) == (LinkState.USED, 1)


def test_the_first_address_comes_back_however_often_it_was_moved(
    customer: Customer, agent: Staff
) -> None:
    first = move(customer, NEW, agent)
    second = move(customer, "jana@dritt.example", agent)
    assert first.undo() is True
    assert User.objects.get(customer=customer).email == OLD
    second.refresh_from_db()
    assert second.state == LinkState.WITHDRAWN


def test_a_changed_password_does_not_silence_it(customer: Customer, agent: Staff) -> None:
    undo = move(customer, NEW, agent)
    ResetRequest.start(customer, by=agent).redeem("Ein fremdes Kennwort 9")
    undo.refresh_from_db()
    assert undo.state == LinkState.OPEN


def test_an_address_that_is_anothers_by_now_stays_there_and_the_account_is_held(
    customer: Customer, agent: Staff
) -> None:
    undo = move(customer, NEW, agent)
    customer.remove_identity(Identity.objects.get(customer=customer, key=OLD), by=agent)
    other = CustomerFactory(email=OLD)
    assert undo.undo() is False
    assert Customer.objects.get(pk=other.pk).primary_email == OLD
    assert User.objects.get(customer=customer).email == NEW
    assert Hold.objects.open().filter(customer=customer).exists()


def test_on_hold_already_the_address_still_comes_back(customer: Customer, agent: Staff) -> None:
    undo = move(customer, NEW, agent)
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    assert undo.undo() is True
    assert Hold.objects.open().get().reason == HoldReason.STAFF
    assert Flag.objects.open().filter(kind=FlagKind.UNDONE).exists()


def test_a_customer_without_an_account_has_nothing_to_undo(agent: Staff) -> None:
    newcomer = CustomerFactory(email="neu@example.de")
    newcomer.make_primary(newcomer.add_email(NEW, by=agent), by=agent)
    assert not AddressUndo.objects.exists()


def test_a_thief_who_moves_twice_does_not_undo_the_first_way_back(
    customer: Customer, agent: Staff
) -> None:
    first = move(customer, NEW, agent)
    second = move(customer, "jana@dritt.example", agent)
    assert second.undo() is True  # by whoever reads NEW
    assert AddressUndo.objects.get(pk=first.pk).undo() is True
    assert User.objects.get(customer=customer).email == OLD


def test_on_hold_it_ends_the_check_and_the_link_that_a_thief_got_since(
    customer: Customer, agent: Staff
) -> None:
    undo = move(customer, NEW, agent)
    CustomerFactory(email="anders@example.de")
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    passed_check(customer, by=agent)
    stolen = start_move(customer, "dieb@example.org", by=agent)
    undo.undo()
    stolen.refresh_from_db()
    assert stolen.state == LinkState.WITHDRAWN
    assert IdentityCheck.valid(customer) is None
