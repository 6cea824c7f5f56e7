"""Which numbers of a customer their orders speak against: no caller is called back there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import IdentityCheck
from accounts.own_proofs import has_phone
from accounts.spoken_places import long_known_phones
from customers.models import Customer, Identity, Proof
from tests.factories.accounts import give_account
from tests.factories.checks import kind
from tests.factories.customers import CustomerFactory
from tests.factories.orders import HOME, place

if TYPE_CHECKING:
    from accounts.models import User

MINE, OTHER = "+49 171 2345678", "+49 151 9999999"
BEFORE, CAME, OPENED, LATER, LATELY = (timedelta(days=days) for days in (90, 60, 50, 30, 2))
DAY = timedelta(days=1)


def order(customer: Customer, ago: timedelta, phone: str, **known: Any) -> None:
    place(customer, placed_at=timezone.now() - ago, phone=phone, **known)


def written(customer: Customer, phone: str) -> None:
    order(customer, LATER, "", shipping_address={**HOME, "phone": phone})


@pytest.fixture
def customer(db: None) -> Customer:
    """Came 60 days ago, with a number that nobody has proved."""
    customer = CustomerFactory(email="karla@example.de", phone=MINE)
    came = timezone.now() - CAME
    Customer.objects.filter(pk=customer.pk).update(created_at=came)
    Identity.objects.filter(customer=customer).update(added_at=came, proof=Proof.IMPORTED)
    customer.refresh_from_db()
    return customer


def open_account(customer: Customer) -> None:
    give_account(customer, customer.primary_email, created_at=timezone.now() - OPENED)


@pytest.mark.parametrize(
    ("orders", "is_called"),
    [
        ([], True),
        # Imported, with orders of before from somewhere else, or with none since.
        ([(BEFORE, OTHER), (BEFORE, "")], True),
        ([(BEFORE, MINE)], True),
        # Ordered again and again, always with it; or in a shop that asks for no number.
        ([(BEFORE, MINE), (LATER, "0171 2345678")], True),
        ([(BEFORE, ""), (LATER, "")], True),
        # Imported in one file, the guest's order the last: whatever came before says otherwise.
        ([(BEFORE, OTHER), (BEFORE - DAY, MINE)], False),
        ([(BEFORE, ""), (BEFORE - DAY, MINE)], False),
        # A guest was first: the customer's own orders came behind it.
        ([(CAME, MINE), (LATER, OTHER)], False),
        ([(CAME, MINE), (LATER, "")], False),
        ([(CAME, MINE), (LATELY, OTHER)], False),
        # However often the guest orders again.
        ([(CAME, MINE), (LATER, OTHER), (LATELY, MINE)], False),
        # A guest was second: nothing is called, neither of theirs nor of the customer's.
        ([(CAME, MINE), (LATELY, OTHER), (LATELY, MINE)], False),
    ],
)
@pytest.mark.parametrize("has_account", [True, False])
def test_a_claimed_number_is_called_until_an_order_speaks_against_it(
    customer: Customer, orders: list[tuple[timedelta, str]], is_called: bool, has_account: bool
) -> None:
    if has_account:
        open_account(customer)
    for ago, phone in orders:
        order(customer, ago + timedelta(hours=1) if ago == CAME else ago, phone)
    assert [one.value for one in long_known_phones(customer)] == ([MINE] if is_called else [])


def test_one_that_a_call_has_proved_stays(customer: Customer) -> None:
    Identity.objects.phones().update(proof=Proof.PROVED, proved_at=timezone.now() - LATER)
    order(customer, LATER, OTHER)
    assert has_phone(customer)


@pytest.mark.parametrize(("phone", "is_called"), [(MINE, True), (OTHER, False)])
def test_a_number_beside_the_address_counts_as_well(
    customer: Customer, phone: str, is_called: bool
) -> None:
    written(customer, phone)
    assert has_phone(customer) is is_called


def test_test_orders_say_nothing(customer: Customer) -> None:
    order(customer, LATER, OTHER, is_test=True)
    assert has_phone(customer)


def test_a_guest_order_of_before_the_account_comes_to_less_than_a_check(
    customer: Customer, agent: User
) -> None:
    """The stranger's order, the owner's account, the owner's order; a week has passed."""
    order(customer, CAME + timedelta(hours=1), MINE, number=666, name="#666")
    open_account(customer)
    order(customer, LATER, OTHER, number=667, name="#667")
    check = IdentityCheck.begin(customer, by=agent)
    typed = {"number": "666", "postal_code": HOME["postal_code"]}
    assert check.try_proof(kind("order_number_and_postal_code"), typed, by=agent)
    assert not kind("call_back").applies(customer)
    assert not kind("stored_phone").applies(customer)
    assert not kind("mailed_code").applies(customer)
    assert check.state == "running"
