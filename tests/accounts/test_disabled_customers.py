"""Somebody whom staff have disabled is offered no link anywhere, and the way to one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.palette import find_reset_actions
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


@pytest.fixture(params=[True, False], ids=["reset", "invite"])
def disabled(request: pytest.FixtureRequest, customer: Customer, agent: User) -> Customer:
    if not request.param:
        type(customer).objects.update(account_state="none")
    customer.disable(by=agent)
    return customer


def sending(customer: Customer) -> str:
    return reverse("reset_request_create", args=[customer.pk])


def enabling(customer: Customer) -> str:
    return f'action="{reverse("customer_enabling", args=[customer.pk])}"'


@pytest.mark.parametrize("page", ["customer_detail", "customer_menu"])
def test_pages_offer_to_enable_instead_of_a_link(
    page: str, disabled: Customer, agent: User
) -> None:
    address = reverse(page, args=[disabled.pk])
    client = sign_in(agent, headers={"HX-Request": "true", "Accept-Language": "en"})
    shown = client.get(address).content.decode()
    assert (f'action="{sending(disabled)}"' in shown, enabling(disabled) in shown) == (False, True)
    assert "Disabled by staff" in shown
    disabled.enable_again(by=agent)
    shown = client.get(address).content.decode()
    assert (f'action="{sending(disabled)}"' in shown, enabling(disabled) in shown) == (True, False)
    assert "Disabled by staff" not in shown


def test_readers_are_told_but_not_offered_to_enable(disabled: Customer, reader: User) -> None:
    shown = sign_in(reader).get(reverse("customer_detail", args=[disabled.pk])).content.decode()
    assert ("Disabled by staff" in shown, enabling(disabled) in shown) == (True, False)


def test_a_link_that_was_withdrawn_is_not_sent_again(customer: Customer, agent: User) -> None:
    from accounts.models import ResetRequest

    ResetRequest.start(customer, by=agent)
    customer.disable(by=agent)  # closes the link
    shown = sign_in(agent).get(reverse("customer_detail", args=[customer.pk])).content.decode()
    assert ("was withdrawn" in shown, "Send again" in shown) == (True, False)
    assert "Disabling the account ended it." in shown


def test_a_link_that_staff_withdrew_before_was_not_ended_by_disabling(
    customer: Customer, agent: User
) -> None:
    from accounts.models import ResetRequest

    ResetRequest.start(customer, by=agent).withdraw(by=agent)
    customer.disable(by=agent)
    shown = sign_in(agent).get(reverse("customer_detail", args=[customer.pk])).content.decode()
    assert ("was withdrawn" in shown, "Disabling the account" in shown) == (True, False)


def test_ctrl_k_leads_to_the_customer_instead_of_sending(disabled: Customer, agent: User) -> None:
    request = RequestFactory().get("/")
    request.user = agent
    [found] = find_reset_actions(request, "reset jana")
    assert found.label == "Jana Müller: disabled by staff – enable first"
    assert (found.url, found.posts) == (reverse("customer_detail", args=[disabled.pk]), False)
