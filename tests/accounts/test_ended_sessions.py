"""Somebody goes on with a page after their session has ended: told so, and led back there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import Session
from tests.factories.accounts import PASSWORD, sign_in

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ENDED = "You are signed out by now."


def test_at_the_desk_a_press_leads_to_the_sign_in_and_back_to_the_page(
    customer: Customer, agent: User
) -> None:
    browser = sign_in(agent)
    page = f"http://testserver/admin/customers/{customer.pk}/?from=list"
    Session.objects.all().delete()
    answer = browser.post(
        f"/admin/customers/{customer.pk}/reset-requests/", headers={"Referer": page}
    )
    door = browser.get(answer["Location"])
    assert (answer.status_code, ENDED in door.text) == (302, True)
    typed = {"email": agent.email, "password": PASSWORD, "next": door.context["next"]}
    back = browser.post("/admin/login/", typed)
    assert back["Location"] == f"/admin/customers/{customer.pk}/?from=list"


def test_htmx_is_led_there_as_well(customer: Customer, stranger: Client) -> None:
    page = f"http://testserver/admin/customers/{customer.pk}/"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = stranger.get(f"/admin/customers/{customer.pk}/reset-requests/", headers=headers)
    door = stranger.get(answer["HX-Redirect"])
    assert (answer.status_code, ENDED in door.text) == (200, True)
    assert door.context["next"] == f"/admin/customers/{customer.pk}/"


def test_at_the_shop_as_well(stranger: Client) -> None:
    page = {"Referer": "http://testserver/account/password/"}
    answer = stranger.post("/account/password/", {"current": "x"}, headers=page)
    door = stranger.get(answer["Location"])
    assert (ENDED in door.text, door.context["next"]) == (True, "/account/password/")


def test_whoever_only_comes_by_is_not_told_of_an_end(stranger: Client) -> None:
    for address in ("/admin/customers/", "/account/"):
        answer = stranger.get(address)
        assert ENDED not in stranger.get(answer["Location"]).text


@pytest.mark.parametrize(
    "told",
    ["", "https://evil.example//evil.example/", "http://[", "//evil.example/admin/", "javascript:x",
     "https://evil.example/account/", "x" * 5000],
)  # fmt: skip
def test_nobody_is_led_astray(stranger: Client, told: str) -> None:
    answer = stranger.post("/admin/customers/1/reset-requests/", headers={"Referer": told})
    assert answer.status_code == 302
    door = stranger.get(answer["Location"])
    assert (door.status_code, door.context["next"]) == (200, "/admin/")
