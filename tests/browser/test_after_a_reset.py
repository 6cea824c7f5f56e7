"""The days after a reset: nobody signs in, somebody calls; and what a customer answers by mail.

Here time has to pass, and does for the rows of this test alone. So the pages are the project's own
on a server in this process, and its workers work when they are told to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import AccountRules, ResetRequest, User
from accounts.tasks import ask_whether_it_worked
from customers.models import Customer
from tests.accounts.conftest import work
from tests.accounts.resets import JANA, hours_later
from tests.browser.conftest import Browsers, Desk
from tests.browser.looks import LOOKS, defects
from tests.browser.people import (
    LINK,
    PASSWORD,
    choose_password,
    sign_in_as_customer,
    sign_in_at_desk,
)
from tests.factories.accounts import PASSWORD as STAFF_PASSWORD
from tests.factories.accounts import StaffFactory
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)
COMPLAINT = "„Falsches Passwort“, sagt die Seite. <b>Immer</b>. 😟"
LANGUAGES = pytest.mark.parametrize("language", sorted(LOOKS))
OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(
    browser: Browser, live_server: LiveServer, settings: SettingsWrapper
) -> Iterator[OpenPage]:
    settings.PUBLIC_URL = live_server.url
    browsers = Browsers(browser, Desk(live_server.url, Path()))
    yield browsers.open
    browsers.close()
    assert browsers.complaints == []


@pytest.fixture
def anna() -> User:
    return StaffFactory(name="Anna Agent", email="anna@desk.example", role="agent")


@pytest.fixture
def jana() -> Customer:
    return CustomerFactory(first_name="Jana", last_name="Müller", email=JANA, account=True)


def mailed_link() -> str:
    """The link of the one mail that leaves now."""
    (mail,) = [mail for mail in work() if LINK.search(str(mail.body))]
    found = LINK.search(str(mail.body))
    assert found is not None
    return found[0]


def send_on_the_phone(desk: Page, jana: Customer) -> None:
    """Open the script and press the button that stands in it."""
    desk.goto(f"/admin/customers/{jana.pk}/")
    desk.locator("header.head a[href$='/phone-help/']").click()
    desk.locator("#phone_help form[action$='/reset-requests/'] button").click()
    expect(desk.locator("#reset_panel .notice")).to_be_visible()


def follow_and_choose(shop: Page) -> None:
    shop.goto(mailed_link())
    choose_password(shop)
    shop.wait_for_url("**/account/login/")


@LANGUAGES
def test_whoever_does_not_sign_in_is_called_and_that_is_done_by_itself(
    open_page: OpenPage, anna: User, jana: Customer, language: str
) -> None:
    desk, shop = open_page(language=language), open_page(language=language)
    sign_in_at_desk(desk, str(anna.email), STAFF_PASSWORD)
    send_on_the_phone(desk, jana)
    follow_and_choose(shop)
    hours_later(ResetRequest.objects.get(), 25)

    desk.goto("/admin/")
    card = desk.locator("#follow_ups")
    expect(card).to_contain_text("Jana Müller")
    assert defects(desk, "after-a-reset-silent", language) == []

    # A day later the page still knows where they stopped, and what to say.
    card.locator("a", has_text="Jana Müller").click()
    desk.locator("header.head a[href$='/phone-help/']").click()
    expect(desk.locator("#phone_help li.now .place")).to_have_text("5")
    expect(desk.locator("#phone_help .said")).to_contain_text("/account/login/")
    assert defects(desk, "after-a-reset-on-the-phone", language) == []

    sign_in_as_customer(shop, JANA, PASSWORD)
    desk.goto("/admin/")
    expect(card).to_have_count(0)
    desk.goto(f"/admin/customers/{jana.pk}/")
    expect(desk.locator("#reset_panel .trail li.done")).to_have_count(6)
    assert defects(desk, "after-a-reset-signed-in", language) == []


@LANGUAGES
def test_a_no_by_mail_opens_it_again_with_their_words(
    open_page: OpenPage, anna: User, jana: Customer, language: str
) -> None:
    AccountRules.objects.update(asks_whether_it_worked=True)
    desk, shop = open_page(language=language), open_page(language=language)
    sign_in_at_desk(desk, str(anna.email), STAFF_PASSWORD)
    send_on_the_phone(desk, jana)
    follow_and_choose(shop)
    sign_in_as_customer(shop, JANA, PASSWORD)
    work()  # the notice of the new password
    hours_later(ResetRequest.objects.get(), 2)
    desk.goto("/admin/")
    expect(desk.locator("#follow_ups")).to_have_count(0)

    assert ask_whether_it_worked() == 1
    elsewhere = open_page(language=language)  # where the mail is read, nobody is signed in
    elsewhere.goto(mailed_link())
    elsewhere.locator("[name=words]").fill(COMPLAINT)
    assert defects(elsewhere, "after-a-reset-asked", language) == []
    elsewhere.locator("button[value=no]").click()
    expect(elsewhere.locator("[name=words]")).to_have_count(0)
    assert defects(elsewhere, "after-a-reset-thanks", language) == []

    desk.goto("/admin/")
    card = desk.locator("#follow_ups")
    expect(card).to_contain_text(COMPLAINT)
    assert defects(desk, "after-a-reset-complaint", language) == []
    card.locator("a", has_text="Jana Müller").click()
    expect(desk.locator("#reset_panel .notice.bad")).to_contain_text(COMPLAINT)
    desk.locator("#reset_panel a[href*='/reset-requests/']").click()
    desk.wait_for_url(re.compile(r"/reset-requests/\d+/$"))
    expect(desk.locator(".timeline li.bad")).to_contain_text(COMPLAINT)
    assert defects(desk, "after-a-reset-complaint-trail", language) == []

    desk.goto("/admin/")
    card.locator("form button").click()
    expect(card.locator("form")).to_have_count(0)
    assert defects(desk, "after-a-reset-settled", language) == []


def test_whoever_presses_twice_or_goes_back_is_told_that_it_is_answered(
    open_page: OpenPage, anna: User, jana: Customer
) -> None:
    AccountRules.objects.update(asks_whether_it_worked=True)
    request = ResetRequest.start(jana, by=anna)
    work()
    request.redeem(PASSWORD)
    work()
    hours_later(request, 25)
    assert ask_whether_it_worked() == 1
    shop = open_page()
    shop.goto(mailed_link())
    shop.locator("button[value=yes]").click()
    expect(shop.locator("h1")).to_have_text("Thank you")
    shop.go_back()
    shop.reload()
    expect(shop.locator("h1")).to_have_text("This question is answered")
