"""Accounts at addresses that came later than the customer: who is asking is checked first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    AskPurpose,
    CheckNeeded,
    IdentityCheck,
    LinkRefused,
    MailBudget,
    Purpose,
    RecoveryAsk,
    Registration,
    ResetRequest,
    User,
)
from customers.models import Customer, Identity, Proof
from events.models import Event
from tests.accounts.bulk_sends import INVITES, outcomes_of, sent
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place

if TYPE_CHECKING:
    from collections.abc import Callable

OLD, NEW, CHOSEN = "karla@example.de", "karla@new.example", "Ein neues Kennwort 7"


@pytest.fixture
def buyer(db: None) -> Customer:
    """Imported 60 days ago with their address, and without an account."""
    buyer = CustomerFactory(email=OLD)
    place(buyer)
    came = timezone.now() - timedelta(days=60)
    Customer.objects.filter(pk=buyer.pk).update(created_at=came)
    Identity.objects.filter(customer=buyer).update(added_at=came, proof=Proof.IMPORTED)
    buyer.refresh_from_db()
    return buyer


def move(buyer: Customer, agent: User) -> None:
    """What a colleague does for a caller whose "address is wrong"."""
    buyer.make_primary(buyer.add_email(NEW, by=agent), by=agent)


def replace_at_once(buyer: Customer, agent: User) -> None:
    """On the customer's first day."""
    move(buyer, agent)
    Identity.objects.filter(customer=buyer).update(added_at=buyer.created_at)


def remove_former(buyer: Customer, agent: User) -> None:
    added = buyer.add_email(NEW, by=agent)
    buyer.remove_identity(Identity.objects.get(customer=buyer, key=OLD), by=agent)
    Identity.objects.filter(pk=added.pk).update(added_at=buyer.created_at)


def prove(buyer: Customer, agent: User) -> None:
    move(buyer, agent)
    Identity.objects.filter(customer=buyer, key=NEW).update(proof=Proof.PROVED)


def wait_for_orders(buyer: Customer, agent: User) -> None:
    """Orders that come later join by the former address as well."""
    move(buyer, agent)
    Customer.objects.filter(pk=buyer.pk).update(orders_count=0)


def lose_nothing(buyer: Customer, agent: User) -> None:
    """A mistyped address is corrected."""
    wait_for_orders(buyer, agent)
    buyer.remove_identity(Identity.objects.get(customer=buyer, key=OLD), by=agent)


def import_late(buyer: Customer, agent: User) -> None:
    """The orders' file brought them by their phone, and the customers' file their address."""
    Identity.objects.filter(customer=buyer).update(added_at=timezone.now())


def add_and_remove(buyer: Customer, agent: User) -> None:
    buyer.remove_identity(buyer.add_email(NEW, by=agent), by=agent)


def move_and_back(buyer: Customer, agent: User) -> None:
    move(buyer, agent)
    buyer.make_primary(Identity.objects.get(customer=buyer, key=OLD), by=agent)


def add_beside(buyer: Customer, agent: User) -> None:
    buyer.add_email(NEW, by=agent)


@pytest.mark.parametrize("change", [move, replace_at_once, remove_former, wait_for_orders])
def test_no_invite_goes_to_a_later_address_without_a_check(
    buyer: Customer, agent: User, change: Callable[[Customer, User], None]
) -> None:
    change(buyer, agent)
    with pytest.raises(CheckNeeded):
        ResetRequest.start(buyer, by=agent)
    assert not ResetRequest.objects.exists()
    passed_check(buyer, by=agent)
    invite = ResetRequest.start(buyer, by=agent)
    assert (invite.purpose, invite.to) == (Purpose.INVITE, NEW)
    IdentityCheck.objects.update(valid_until=timezone.now())  # its hour is over, the link is not
    assert invite.redeem(CHOSEN).email == NEW


@pytest.mark.parametrize(
    "change", [prove, lose_nothing, add_beside, import_late, add_and_remove, move_and_back]
)
def test_other_addresses_are_invited_as_ever(
    buyer: Customer, agent: User, change: Callable[[Customer, User], None]
) -> None:
    change(buyer, agent)
    assert ResetRequest.start(buyer, by=agent).purpose == Purpose.INVITE


def test_a_check_of_before_the_change_allows_nothing(buyer: Customer, agent: User) -> None:
    passed_check(buyer, by=agent)
    move(buyer, agent)
    with pytest.raises(CheckNeeded):
        ResetRequest.start(buyer, by=agent)


def test_a_check_that_is_ended_takes_the_invite_with_it(buyer: Customer, agent: User) -> None:
    move(buyer, agent)
    check = passed_check(buyer, by=agent)
    invite = ResetRequest.start(buyer, by=agent)
    assert check.end(by=agent)
    with pytest.raises(LinkRefused):
        invite.redeem(CHOSEN)


@pytest.mark.parametrize("purpose", [AskPurpose.RECOVER, AskPurpose.REGISTER])
def test_nobody_gets_round_it_from_outside(
    buyer: Customer, agent: User, worker: Any, purpose: AskPurpose
) -> None:
    move(buyer, agent)
    RecoveryAsk.ask(purpose, NEW, language="en")
    assert worker() == []
    told = Event.objects.get(name="recovery.refused")
    assert (told.subject_id, told.plain) == (buyer.pk, {"in_doubt": True})


def test_a_registration_of_before_does_not_become_the_customer(
    buyer: Customer, agent: User
) -> None:
    RecoveryAsk.ask(AskPurpose.REGISTER, NEW, language="en").answer()
    link = Registration.objects.get()
    move(buyer, agent)
    with pytest.raises(LinkRefused):
        link.redeem(CHOSEN)
    assert not User.objects.customers().exists()


def test_a_registration_of_during_a_check_of_before_does_not_either(
    buyer: Customer, agent: User
) -> None:
    passed_check(buyer, by=agent, minutes_ago=1)
    RecoveryAsk.ask(AskPurpose.REGISTER, NEW, language="en").answer()
    link = Registration.objects.get()
    move(buyer, agent)
    with pytest.raises(LinkRefused):
        link.redeem(CHOSEN)


def test_an_open_invite_is_mailed_again_when_the_check_is_long_over(
    buyer: Customer, agent: User, worker: Any
) -> None:
    move(buyer, agent)
    passed_check(buyer, by=agent)
    invite = ResetRequest.start(buyer, by=agent)
    (first,) = worker()
    IdentityCheck.objects.update(valid_until=timezone.now())
    MailBudget.objects.all().delete()  # a day later
    RecoveryAsk.ask(AskPurpose.RECOVER, NEW, language="en")
    (again,) = worker()
    assert (again.to, again.body) == (first.to, first.body)
    assert ResetRequest.objects.get() == invite
    with pytest.raises(CheckNeeded):  # a new one rests on a check of now
        ResetRequest.start(buyer, by=agent)


def test_orders_that_come_after_the_invite_are_not_shown_to_it(
    buyer: Customer, agent: User
) -> None:
    lose_nothing(buyer, agent)
    invite = ResetRequest.start(buyer, by=agent)
    place(buyer)
    with pytest.raises(LinkRefused):
        invite.redeem(CHOSEN)


def test_a_send_to_many_leaves_them_out(buyer: Customer, agent: User) -> None:
    other = CustomerFactory()
    move(buyer, agent)
    assert outcomes_of(sent(INVITES, by=agent)) == {buyer.pk: "in_doubt", other.pk: "changed"}


@pytest.mark.parametrize("in_panel", [True, False])
def test_the_page_says_why_and_where_to_check(
    buyer: Customer, agent: User, desk_client: Any, in_panel: bool
) -> None:
    move(buyer, agent)
    htmx = {"HX-Request": "true", "HX-Target": "reset_panel"} if in_panel else {}
    address = reverse("reset_request_create", args=[buyer.pk])
    answer = desk_client(agent).post(address, {"anyway": "1"}, headers=htmx, follow=True)
    assert answer.status_code == (409 if in_panel else 200)
    assert "an identity check has to pass" in answer.text
    assert f'action="{reverse("identity_check", args=[buyer.pk])}"' in answer.text
    page = desk_client(agent).get(reverse("address_move", args=[buyer.pk]))
    assert "an identity check has to pass in between" in page.text
