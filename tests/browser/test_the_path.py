"""A customer calls: they cannot sign in. From the call until they are signed in again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Desk
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.people import (
    PASSWORD,
    Person,
    choose_password,
    link_in,
    send_link,
    sign_in_at_desk,
)

# The demo's members of staff whose desk is in this language.
STAFF = {"de": "anna@", "en": "yusuf@"}


@dataclass(frozen=True)
class Words:
    """What people read and press, in one language."""

    send: str
    enabled: str
    being_sent: str
    handed: str
    changed: str
    signed_in: str
    subject: str
    used: str
    greeting: str


WORDS = {
    "en": Words(
        send="Send password reset",
        enabled="Account enabled",
        being_sent="being sent",
        handed="Handed to the mail server",
        changed="Password changed",
        signed_in="Signed in",
        subject="password",
        used="used already",
        greeting="Hello, ",
    ),
    "de": Words(
        send="Passwort-Link senden",
        enabled="Konto aktiv",
        being_sent="wird gesendet",
        handed="An den Mailserver übergeben",
        changed="Passwort geändert",
        signed_in="Angemeldet",
        subject="Passwort",
        used="schon benutzt",
        greeting="Guten Tag ",
    ),
}


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_customer_who_calls_is_signed_in_again(
    desk: Desk,
    open_page: Callable[..., Page],
    muellers: Iterator[Person],
    language: str,
    viewport: dict[str, int],
) -> None:
    words = WORDS[language]
    customer = next(muellers)
    known = len(desk.mails_to(customer.email))
    staff = open_page(language=language, viewport=viewport)
    sign_in_at_desk(staff, *desk.sign_in_of(STAFF[language]))

    number = find_by_all_they_say(staff, customer, is_phone=viewport == PHONE)
    expect(staff.locator("header.head")).to_contain_text(words.enabled)
    prefer_language(staff, customer, language)
    send_reset(staff, words)
    look_at(staff, f"path-desk-{language}")

    mail = desk.next_mail_to(customer.email, known=known)
    assert words.subject in mail["subject"]
    link = link_in(mail)
    shopper = open_page(language=language, viewport=viewport, javascript=False)
    set_new_password(shopper, link, customer, language)
    expect(shopper.locator("h1")).to_contain_text(words.greeting)
    open_an_order(shopper, number)

    answer = shopper.goto(link)
    assert answer is not None
    assert answer.status == 410
    expect(shopper.locator("main")).to_contain_text(words.used)

    done = staff.locator("#reset_panel .trail li.done")
    expect(done.last).to_contain_text(words.signed_in)
    expect(done).to_have_count(6)
    expect(done.nth(4)).to_contain_text(words.changed)
    look_at(staff, f"path-changed-{language}")
    staff.locator("#reset_panel .notice a.btn").click()
    expect(staff.locator(".timeline li.k").last).to_contain_text(words.signed_in)
    look_at(staff, f"path-details-{language}")


def look_at(page: Page, name: str) -> None:
    shoot(page, name)
    no_serious_violations(page)
    assert not scrolls_sideways(page)


def find_by_all_they_say(page: Page, customer: Person, *, is_phone: bool) -> str:
    """Half a name, the address, the number of an order; returns that number."""
    find = find_in_list if is_phone else find_with_ctrl_k
    first, _, last = customer.name.partition(" ")
    find(page, f"{last[:3]} {first[:4]}", customer)
    expect(page.locator("h1")).to_have_text(customer.name)
    find(page, customer.email, customer)
    order = page.locator("main a[href^='/admin/orders/']").filter(has_text=re.compile(r"\d{4}"))
    number = order.first.inner_text().strip()
    find(page, number, customer)
    expect(page.locator("h1")).to_have_text(customer.name)
    return number


def find_with_ctrl_k(page: Page, said: str, customer: Person) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(said)
    page.locator(f"#palette-found a[href='{customer.address}']").click()
    page.wait_for_url(f"**{customer.address}")


def find_in_list(page: Page, said: str, customer: Person) -> None:
    page.locator("nav.bar a[href='/admin/customers/']").click()
    page.wait_for_url("**/admin/customers/")  # the home has such a field as well
    page.locator("main input[type=search]").fill(said)
    page.locator(f"tr[data-href='{customer.address}'] td.title a").click()
    page.wait_for_url(f"**{customer.address}")


def prefer_language(page: Page, customer: Person, language: str) -> None:
    """Note the language in which the customer wants mails, without leaving their page."""
    page.locator("#contact a[href$='/edit/']").click()
    page.locator("#contact select[name=language]").select_option(language)
    page.locator("#contact form button.primary").click()
    expect(page.locator("#contact select[name=language]")).to_have_count(0)
    assert page.url.endswith(customer.address)


def send_reset(page: Page, words: Words) -> None:
    """One click, and the panel tells how far it came without another."""
    expect(page.locator("header.head").get_by_role("button", name=words.send)).to_be_visible()
    with page.expect_response(re.compile(r"/reset-requests/$")) as told:
        send_link(page)
    # A quick worker has handed it over by then.
    assert any(said in told.value.text() for said in (words.being_sent, words.handed))
    handed = page.locator("#reset_panel .trail li.done").last
    expect(handed).to_contain_text(words.handed)


def set_new_password(page: Page, link: str, customer: Person, language: str) -> None:
    page.goto(link)
    page.wait_for_url("**/account/reset/")
    shoot(page, f"path-reset-{language}")
    choose_password(page)
    page.wait_for_url("**/account/login/")
    expect(page.locator("input[name=email]")).to_have_value(customer.email)
    shoot(page, f"path-sign-in-{language}")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/account/")


def open_an_order(page: Page, number: str) -> None:
    page.get_by_role("link", name=number, exact=True).click()
    page.wait_for_url(re.compile(r"/account/orders/\d+/$"))
    expect(page.locator("h1")).to_contain_text(number.lstrip("#"))


def test_a_withdrawn_link_opens_nothing_and_the_next_one_does(
    desk: Desk, open_page: Callable[..., Page], muellers: Iterator[Person]
) -> None:
    customer = next(muellers)
    known = len(desk.mails_to(customer.email))
    staff = open_page()
    sign_in_at_desk(staff, *desk.sign_in_of("yusuf@"))
    staff.goto(customer.address)
    send_link(staff)
    first = link_in(desk.next_mail_to(customer.email, known=known))
    withdraw(staff)
    assert answer_to(open_page(javascript=False), first) == 410
    staff.locator("#reset_panel form[action$='/reset-requests/'] button").click()
    second = link_in(desk.next_mail_to(customer.email, known=known + 1))
    assert answer_to(open_page(javascript=False), second) == 200


def withdraw(page: Page) -> None:
    page.locator("#reset_panel form[action$='/withdrawal/'] button").click()
    expect(page.locator("#reset_panel form[action$='/withdrawal/']")).to_have_count(0)


def answer_to(page: Page, link: str) -> int:
    answer = page.goto(link)
    assert answer is not None
    assert page.url.endswith("/account/reset/")
    return answer.status
