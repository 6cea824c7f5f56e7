"""Somebody who has lost their mailbox calls; and somebody calls who only says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Desk
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.looks import widths
from tests.browser.people import (
    PASSWORD,
    Person,
    choose_password,
    link_in,
    new_address,
    sign_in_as_customer,
)
from tests.browser.test_identity_check import begin, guess, old_order, whom_we_can_call

LOOKS = pytest.mark.parametrize(
    ("language", "viewport"), [("de", PHONE), ("en", WIDE)], ids=["phone-de", "wide-en"]
)
PROVED = "Drei-Tassen-am-Abend-52"


def look(page: Page, name: str) -> None:
    for _ in widths(page):
        shoot(page, f"lost-mailbox-{name}-{page.locator('html').get_attribute('lang')}")
        no_serious_violations(page)
        assert not scrolls_sideways(page)


def take_call(staff: Page, person: Person) -> None:
    """What to say stands on the customer's page, and so does the button that begins the check."""
    staff.goto(person.address)
    staff.locator("header.head a[href$='/phone-help/']").click()
    script = staff.locator("#phone_help")
    expect(script.locator(".said li").first).to_be_visible()
    look(staff, "call")
    script.locator("form[action$='/identity-checks/'] button").click()
    staff.wait_for_url(re.compile(r"/identity-checks/\d+/$"))


def pass_check(staff: Page, customer: Page, said: tuple[str, str]) -> None:
    """An order they know, and a code that they type while they are on the phone."""
    name = "order_number_and_postal_code"
    guess(staff, name, number=said[0], postal_code=said[1])
    call = staff.locator("#proof_call_back")
    call.locator("form[action*='/codes/'] button").click()
    code = call.locator(".spoken").inner_text()
    customer.goto("/account/verify/")
    customer.locator("[name=code]").fill(code)
    customer.locator("[name=code]").press("Enter")
    expect(staff.locator("#check_result.notice.ok")).to_be_visible()


def send_move(staff: Page, address: str) -> None:
    """From the check that has passed."""
    staff.locator("#check_result a[href$='/address-move/']").click()
    staff.wait_for_url("**/address-move/")
    look(staff, "form")
    staff.locator("main [name=to]").fill(address)
    staff.locator("main [name=to]").press("Enter")
    staff.wait_for_url(re.compile(r"/customers/\d+/$"))


@LOOKS
def test_from_the_call_to_the_account_at_the_new_address(
    desk: Desk,
    sit_down: Callable[..., Page],
    open_page: Callable[..., Page],
    muellers: Iterator[Person],
    language: str,
    viewport: dict[str, int],
) -> None:
    staff = sit_down("agent", language=language, viewport=viewport)
    customer = open_page(language=language, viewport=viewport)
    person = whom_we_can_call(staff, muellers)
    said = old_order(staff)
    known, new = len(desk.mails_to(person.email)), new_address("jana")

    staff.goto(f"{person.address}address-move/")
    expect(staff.locator("main [name=to]")).to_have_count(0)  # nobody knows yet who is calling
    look(staff, "no-check")
    take_call(staff, person)
    pass_check(staff, customer, said)
    send_move(staff, new)
    expect(staff.locator("#reset_panel .notice")).to_contain_text(new)
    look(staff, "sent")

    customer.goto(link_in(desk.next_mail_to(new, known=0)))
    look(customer, "confirm")
    choose_password(customer, PROVED)
    customer.wait_for_url("**/account/login/")
    sign_in_as_customer(customer, new, PROVED)
    staff.goto(person.address)
    expect(staff.locator("#contact")).to_contain_text(new)
    expect(staff.locator("#contact")).not_to_contain_text(person.email)
    staff.locator("header.head a[href$='/phone-help/']").click()
    expect(staff.locator("#phone_help .call-steps > li.done")).to_have_count(5)

    customer.goto(link_in(desk.next_mail_to(person.email, known=known)))
    look(customer, "undo")


@LOOKS
def test_whoever_only_says_so_gets_nowhere(
    desk: Desk,
    sit_down: Callable[..., Page],
    open_page: Callable[..., Page],
    muellers: Iterator[Person],
    language: str,
    viewport: dict[str, int],
) -> None:
    """A thief talks staff into nothing, and what was done all the same is taken back."""
    staff = sit_down("agent", language=language, viewport=viewport)
    owner = open_page(language=language, viewport=viewport)
    person = whom_we_can_call(staff, muellers)
    said = old_order(staff)
    begin(staff, person)
    guess(staff, "last_order", amount="1")
    guess(staff, "order_number_and_postal_code", number="1", postal_code="00000")
    staff.goto(f"{person.address}address-move/")
    expect(staff.locator("main [name=to]")).to_have_count(0)

    # The thief knew everything after all. The mailbox that was there first has the last word.
    known, stolen = len(desk.mails_to(person.email)), new_address("thief")
    take_call(staff, person)
    pass_check(staff, owner, said)
    send_move(staff, stolen)
    thief = open_page(language=language)
    link = link_in(desk.next_mail_to(stolen, known=0))
    thief.goto(link)
    choose_password(thief)
    thief.wait_for_url("**/account/login/")
    sign_in_as_customer(thief, stolen, PASSWORD)

    owner.goto(link_in(desk.next_mail_to(person.email, known=known)))
    owner.locator("form[action$='/undo/'] button").click()
    look(owner, "undone")
    thief.goto("/account/")
    thief.wait_for_url("**/account/login/**")
    assert thief.goto(link).status == 410  # type: ignore[union-attr]  # it has an answer
    staff.goto(person.address)
    expect(staff.locator("#contact")).to_contain_text(person.email)
    look(staff, "on-hold")
