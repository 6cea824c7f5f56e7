"""The menu of a row in the list: fetched when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tests.customers.page_addresses import HTMX
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

    SignIn = Callable[[User], Client]

QUERIES = 12


def ask(client: Client, customer: Customer) -> Any:
    return client.get(reverse("customer_menu", args=[customer.pk]), headers=HTMX)


def test_it_offers_what_may_be_done(agent: User, customer: Customer, desk_client: SignIn) -> None:
    lines = ask(desk_client(agent), customer).text
    for name in ("reset_request_create", "customer_letter", "customer_edit"):
        assert reverse(name, args=[customer.pk]) in lines
    assert "Enable account" not in lines
    assert "<html" not in lines


def test_who_is_disabled_can_be_enabled_there(
    agent: User, customer: Customer, desk_client: SignIn
) -> None:
    customer.disable(by=agent)
    lines = ask(desk_client(agent), customer).text
    assert reverse("customer_enabling", args=[customer.pk]) in lines
    assert reverse("reset_request_create", args=[customer.pk]) not in lines


def test_without_an_address_nothing_is_written_to(agent: User, desk_client: SignIn) -> None:
    nameless = CustomerFactory(email="")
    lines = ask(desk_client(agent), nameless).text
    assert reverse("customer_letter", args=[nameless.pk]) not in lines
    assert reverse("customer_edit", args=[nameless.pk]) in lines


def test_readers_have_none(reader: User, customer: Customer, desk_client: SignIn) -> None:
    desk = desk_client(reader)
    assert ask(desk, customer).status_code == 403
    assert reverse("customer_menu", args=[customer.pk]) not in desk.get("/admin/customers/").text


def test_the_list_tells_where_it_is(agent: User, customer: Customer, desk_client: SignIn) -> None:
    page = desk_client(agent).get("/admin/customers/").text
    assert f'hx-get="{reverse("customer_menu", args=[customer.pk])}"' in page
    assert reverse("customer_letter", args=[customer.pk]) not in page


def test_on_its_own_it_is_no_page(agent: User, customer: Customer, desk_client: SignIn) -> None:
    answer = desk_client(agent).get(reverse("customer_menu", args=[customer.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("customer_detail", args=[customer.pk]))


def test_nobody_has_no_menu(agent: User, customer: Customer, desk_client: SignIn) -> None:
    customer.pk += 1
    assert ask(desk_client(agent), customer).status_code == 404


def test_it_asks_little(
    agent: User, customer: Customer, desk_client: SignIn, django_assert_max_num_queries: Any
) -> None:
    desk = desk_client(agent)
    ask(desk, customer)
    with django_assert_max_num_queries(QUERIES):
        ask(desk, customer)
