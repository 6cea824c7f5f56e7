"""Signing in raises the level of the address that was used, and of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enabling import prove
from customers.models import Identity, Level
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

JANA = "jana.mueller@example.de"
pytestmark = pytest.mark.django_db


def sign_in_at_the_shop(browser: Client, password: str = PASSWORD) -> int:
    typed = {"email": JANA, "password": password}
    return browser.post("/account/login/", typed).status_code


def level(customer: Customer) -> Level:
    return Identity.objects.get(customer=customer, key=JANA).level


def test_who_comes_in_by_a_confirmed_address_raises_it(
    customer: Customer, stranger: Client
) -> None:
    prove(customer, JANA)
    assert (sign_in_at_the_shop(stranger), level(customer)) == (302, Level.SIGNED_IN)


def test_a_wrong_password_raises_nothing(customer: Customer, stranger: Client) -> None:
    prove(customer, JANA)
    assert sign_in_at_the_shop(stranger, "wrong-password-9") == 422
    assert level(customer) == Level.CONFIRMED


def test_an_address_that_staff_entered_stays_claimed(customer: Customer, stranger: Client) -> None:
    assert (sign_in_at_the_shop(stranger), level(customer)) == (302, Level.CLAIMED)


def test_nor_does_a_customer_on_hold(customer: Customer, stranger: Client) -> None:
    prove(customer, JANA)
    customer.hold(by=None, reason="staff")
    assert (sign_in_at_the_shop(stranger), level(customer)) == (422, Level.CONFIRMED)


def test_a_second_visit_of_the_day_writes_no_row(customer: Customer, stranger: Client) -> None:
    prove(customer, JANA)
    sign_in_at_the_shop(stranger)
    at = Identity.objects.get(key=JANA).signed_in_at
    stranger.post("/account/logout/")
    with CaptureQueriesContext(connection) as queries:
        sign_in_at_the_shop(stranger)
    updates = [one["sql"] for one in queries if 'UPDATE "customers_identity"' in one["sql"]]
    assert len(updates) == 1  # which meets no row
    assert Identity.objects.get(key=JANA).signed_in_at == at


def test_colleagues_have_no_levels(agent: User, customer: Customer, stranger: Client) -> None:
    """Not even where a customer has the same address."""
    Identity.objects.filter(customer=customer).update(key=agent.email, value=agent.email)
    customer.identities.get().prove()
    typed = {"email": agent.email, "password": PASSWORD}
    assert stranger.post("/admin/login/", typed).status_code == 302
    assert customer.identities.get().level == Level.CONFIRMED


@pytest.mark.parametrize("page", ["/account/", "/account/profile/"])
def test_customers_read_that_their_address_is_confirmed(
    customer: Customer, stranger: Client, page: str
) -> None:
    sign_in_at_the_shop(stranger)
    assert ">Claimed<" in stranger.get(page).text.replace("</svg>", ">")
    prove(customer, JANA)
    assert ">Confirmed<" in stranger.get(page).text.replace("</svg>", ">")
