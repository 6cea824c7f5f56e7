"""Addresses and numbers are added and removed inside the customer's form, which stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.customers.page_addresses import HTMX, text_of, url
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from customers.models import Customer


@pytest.fixture
def client(agent: User, desk_client: Callable[[User], Client]) -> Client:
    return desk_client(agent)


@pytest.fixture
def oguz(db: None) -> Customer:
    return CustomerFactory(first_name="Oğuz", email="oguz@example.com")


def keys(customer: Customer) -> list[str]:
    return sorted(customer.identities.values_list("key", flat=True))


def test_an_added_address_leaves_the_rest_of_the_form_alone(
    client: Client, customer: Customer
) -> None:
    typed = {"kind": "email", "value": "new@example.de"}
    page = text_of(client.post(url("customer_identity_add", customer), typed, headers=HTMX))
    assert page.lstrip().startswith('<div id="identities_email"')
    assert "new@example.de" in page
    assert 'name="company"' not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_number_stays_in_its_field(
    headers: dict[str, str], client: Client, customer: Customer
) -> None:
    typed = {"kind": "phone", "value": "abc"}
    response = client.post(url("customer_identity_add", customer), typed, headers=headers)
    page = text_of(response)
    assert response.status_code == 422
    assert 'value="abc"' in page
    assert 'id="phone_value_error"' in page
    assert 'aria-describedby="phone_value_error"' in page


def test_a_number_is_read_as_in_the_customers_country(client: Client, customer: Customer) -> None:
    customer.add_address(by=None, city="Graz", country="AT")
    where = url("customer_identity_add", customer)
    client.post(where, {"kind": "phone", "value": "0316 123456"})
    assert keys(customer)[0] == "+43316123456"


def test_without_scripts_the_form_is_shown_again(client: Client, customer: Customer) -> None:
    typed = {"kind": "email", "value": "new@example.de"}
    response = client.post(url("customer_identity_add", customer), typed)
    assert response.url == url("customer_edit", customer)
    second = customer.identities.get(key="new@example.de")
    for verb in ("primary", "removal"):
        where = reverse(f"customer_identity_{verb}", args=[customer.pk, second.pk])
        assert client.post(where).url == url("customer_edit", customer)


class TestSomebodyElsesPrimaryAddress:
    def test_is_added_only_when_it_is_said_twice(
        self, client: Client, customer: Customer, oguz: Customer
    ) -> None:
        where, typed = url("customer_identity_add", customer), "OGUZ@example.com"
        asked = client.post(where, {"kind": "email", "value": typed}, headers=HTMX)
        assert asked.status_code == 422
        assert url("customer_detail", oguz) in text_of(asked)
        assert 'name="although" value="oguz@example.com"' in text_of(asked)
        assert keys(customer) == ["jana.mueller@example.de"]
        said = {"kind": "email", "value": typed, "although": "oguz@example.com"}
        assert client.post(where, said, headers=HTMX).status_code == 200
        assert keys(customer) == ["jana.mueller@example.de", "oguz@example.com"]

    def test_the_answer_holds_for_no_other_address(
        self, client: Client, customer: Customer, oguz: Customer
    ) -> None:
        said = {"kind": "email", "value": oguz.primary_email, "although": "x@example.com"}
        where = url("customer_identity_add", customer)
        assert client.post(where, said, headers=HTMX).status_code == 422
        assert keys(customer) == ["jana.mueller@example.de"]

    def test_is_never_the_only_one(self, client: Client, oguz: Customer) -> None:
        nameless = CustomerFactory(first_name="Ohne Mail", email="")
        said = {"kind": "email", "value": "oguz@example.com", "although": "oguz@example.com"}
        answer = client.post(url("customer_identity_add", nameless), said, headers=HTMX)
        assert answer.status_code == 422
        assert url("customer_detail", oguz) in text_of(answer)
        assert 'name="although"' not in text_of(answer)
        assert keys(nameless) == []
