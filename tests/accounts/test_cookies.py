"""The cookies of the two doors, as production sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


@pytest.fixture
def production(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CSRF_COOKIE_NAME = "__Host-csrf"


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(
    production: None, customer: Customer, owner: User
) -> None:
    browser = Client()
    for page, email in (("/account/login/", customer.user.email), ("/admin/login/", owner.email)):
        browser.get(page, secure=True)
        browser.post(page, {"email": email, "password": PASSWORD}, secure=True)
    names = ["__Host-csrf_desk", "__Host-csrf_shop", "__Host-desk", "__Host-shop"]
    assert sorted(browser.cookies) == names
    for morsel in browser.cookies.values():
        assert (morsel["secure"], morsel["httponly"]) == (True, True)
        assert (morsel["path"], morsel["domain"], morsel["samesite"]) == ("/", "", "Lax")


def test_signing_out_deletes_the_cookie_where_it_was_set(
    production: None, customer: Customer
) -> None:
    browser = Client()
    typed = {"email": customer.user.email, "password": PASSWORD}
    browser.post("/account/login/", typed, secure=True)
    browser.post("/account/logout/", secure=True)
    browser.get("/account/login/", secure=True)
    gone = browser.get("/account/login/", secure=True).cookies.get("__Host-shop")
    assert gone is None or (gone["secure"], gone["path"]) == (True, "/")


def test_a_form_of_the_desk_stays_valid_while_somebody_signs_in_at_the_shop(
    customer: Customer, owner: User
) -> None:
    browser = Client(enforce_csrf_checks=True)
    form = browser.get("/admin/login/").context["csrf_token"]
    shop = browser.get("/account/login/").context["csrf_token"]
    typed = {"email": customer.user.email, "password": PASSWORD, "csrfmiddlewaretoken": str(shop)}
    assert browser.post("/account/login/", typed).status_code == 302
    typed = {"email": owner.email, "password": PASSWORD, "csrfmiddlewaretoken": str(form)}
    assert browser.post("/admin/login/", typed).status_code == 302
    assert browser.post("/admin/logout/").status_code == 403


def test_a_session_is_read_at_its_own_door_only(customer: Customer) -> None:
    from accounts.sessions import SessionStore
    from tests.factories.accounts import sign_in

    key = sign_in(customer.user).cookies["shop_8000"].value
    assert SessionStore(key, door="shop").load() != {}
    assert SessionStore(key, door="desk").load() == {}
