"""What the desk says of a moved address once its former owner has taken the account back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import AddressUndo, ResetRequest
from accounts.moving import redeem_move, start_move
from accounts.reset_trail import ResetTrail, current_trail
from customers.models import Customer, Identity, Proof
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User as Staff

OLD, NEW = "jana.mueller@example.de", "jana@neu.example"


@pytest.fixture
def moved(customer: Customer, agent: Staff) -> ResetRequest:
    passed_check(customer, by=agent)
    move = start_move(customer, NEW, by=agent)
    redeem_move(move, "Ein neues Kennwort 7")
    return move


def trail_of(customer: Customer) -> ResetTrail:
    trail = current_trail(Customer.objects.get(pk=customer.pk))
    assert trail is not None
    return trail


def test_it_has_moved_until_it_is_undone(moved: ResetRequest, customer: Customer) -> None:
    assert trail_of(customer).title == f"The account has moved to {NEW}"
    AddressUndo.objects.get().undo()
    trail = trail_of(customer)
    assert (trail.situation, trail.title) == ("undone", f"The move to {NEW} was undone")
    assert trail.text.endswith("that address is back, and the account was put on hold.")
    assert [(step.label, step.state) for step in trail.steps()][-2:] == [
        ("Address moved, password chosen", "done"),
        ("Undone from the former address", "bad"),
    ]
    assert not trail.can_send_again


def test_the_pages_say_so(
    moved: ResetRequest, customer: Customer, agent: Staff, desk_client: Any
) -> None:
    AddressUndo.objects.get().undo()
    customers_page = f"/admin/customers/{customer.pk}/"
    for page in (customers_page, f"{customers_page}reset-requests/{moved.pk}/"):
        html = desk_client(agent).get(page).text
        assert (f"The move to {NEW} was undone" in html, "has moved to" in html) == (True, False)


def test_where_the_former_address_is_anothers_by_now_it_stays_moved(
    moved: ResetRequest, customer: Customer
) -> None:
    CustomerFactory(email=OLD)
    assert AddressUndo.objects.get().undo() is False
    assert trail_of(customer).title == f"The account has moved to {NEW}"


def test_another_address_later_on_undoes_nothing(
    moved: ResetRequest, customer: Customer, agent: Staff
) -> None:
    later = customer.add_email("jana@dritte.example", by=agent, proof=Proof.PROVED)
    customer.make_primary(later, by=agent)
    assert Identity.objects.emails().primary().get(customer=customer).key != NEW
    assert trail_of(customer).situation == "used"


def test_only_its_own_way_back_undoes_it(
    moved: ResetRequest, customer: Customer, agent: Staff
) -> None:
    for address in ("jana@dritte.example", "jana@vierte.example"):
        later = customer.add_email(address, by=agent, proof=Proof.PROVED)
        customer.make_primary(later, by=agent)
    own, last = AddressUndo.objects.earliest("pk"), AddressUndo.objects.latest("pk")
    assert last.undo() is True
    trail = trail_of(customer)
    assert (trail.situation, trail.undo) == ("used", None)
    assert own.undo() is True
    trail = trail_of(customer)
    assert (trail.situation, trail.undo) == ("undone", own)


def test_where_there_is_nothing_to_say_no_empty_paragraph_stands(
    moved: ResetRequest, customer: Customer, agent: Staff, desk_client: Any
) -> None:
    later = customer.add_email("jana@dritte.example", by=agent, proof=Proof.PROVED)
    customer.make_primary(later, by=agent)
    assert trail_of(customer).text == ""
    customers_page = f"/admin/customers/{customer.pk}/"
    for page in (customers_page, f"{customers_page}reset-requests/{moved.pk}/"):
        html = desk_client(agent).get(page).text
        assert (f"has moved to {NEW}" in html, "<p></p>" in html) == (True, False)
