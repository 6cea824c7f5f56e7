"""A session's row is no key: only the cookie signs somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.test import Client

from accounts.models import Session
from accounts.sessions import SessionStore, cookie_name, stored_key
from tests.factories.accounts import PASSWORD, sign_in

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from customers.models import Customer


@pytest.fixture
def browser(customer: Customer) -> Client:
    browser = Client()
    typed = {"email": customer.user.email, "password": PASSWORD}
    assert browser.post("/account/login/", typed).status_code == 302
    return browser


def test_the_key_in_the_table_signs_nobody_in(browser: Client, customer: Customer) -> None:
    row = Session.objects.of(customer.user).get()
    assert row.session_key != browser.cookies[cookie_name("shop")].value
    assert browser.get("/account/").status_code == 200
    thief = Client()
    thief.cookies[cookie_name("shop")] = row.session_key
    assert thief.get("/account/").status_code == 302


def test_under_another_key_the_table_is_worth_nothing(
    browser: Client, settings: SettingsWrapper
) -> None:
    settings.LINK_KEY = "another-key-" * 5
    assert browser.get("/account/").status_code == 302


def test_a_session_is_made_saved_cycled_and_deleted_under_its_digest(db: None) -> None:
    store = SessionStore()
    store["tea"] = "green"
    store.save()
    first = store.session_key
    assert first is not None
    assert [row.session_key for row in Session.objects.all()] == [stored_key(first)]
    assert (store.exists(first), store.exists(stored_key(first))) == (True, False)
    store.cycle_key()
    assert Session.objects.get().session_key == stored_key(store.session_key or "")
    assert SessionStore(store.session_key)["tea"] == "green"
    assert SessionStore(first).load() == {}
    store.flush()
    assert not Session.objects.exists()


def test_a_session_that_was_ended_is_not_written_again(db: None) -> None:
    store = SessionStore()
    store.create()
    Session.objects.all().end()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_a_key_that_is_taken_is_not_given_twice(db: None) -> None:
    store = SessionStore()
    store.create()
    with pytest.raises(CreateError):
        SessionStore(store.session_key).save(must_create=True)


def test_asynchronous_code_goes_the_same_way(db: None) -> None:
    store = SessionStore()
    async_to_sync(store.acreate)()
    assert Session.objects.get().session_key == stored_key(store.session_key or "")


def test_this_browser_is_told_from_the_others(browser: Client, customer: Customer) -> None:
    elsewhere = sign_in(customer.user)
    key = browser.cookies[cookie_name("shop")].value
    assert [row.is_of(key) for row in Session.objects.of(customer.user).but(key)] == [False]
    assert Session.objects.of(customer.user).but(key).end() == 1
    assert browser.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
