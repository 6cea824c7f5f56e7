"""Somebody has got in and changed the password; the customer answers the notice of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Desk
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.looks import widths
from tests.browser.people import (
    PASSWORD,
    Person,
    add_customer,
    alarm_for,
    change_own_password,
    choose_password,
    link_in,
    send_link,
    sign_in_as_customer,
)

THIEFS = "Drei-Kannen-am-Abend-17"


@pytest.mark.parametrize(("language", "viewport"), [("de", PHONE), ("en", WIDE)])
def test_one_click_shuts_the_thief_out_and_calls_the_desk(
    desk: Desk,
    open_page: Callable[..., Page],
    sit_down: Callable[..., Page],
    language: str,
    viewport: dict[str, int],
) -> None:
    staff = sit_down("agent", language=language, viewport=viewport)
    customer = add_customer(staff, "Ottilie Opfer", language=language)
    thief = open_page()
    open_account(staff, thief, desk, customer)
    change_own_password(thief, PASSWORD, THIEFS)

    owner = open_page(language=language, viewport=viewport)
    owner.goto(alarm_for(desk, customer.email))
    owner.wait_for_url("**/account/alarm/")
    button = owner.locator("main form button")
    expect(button).to_be_focused()
    look_at(owner, f"not-me-asked-{language}")
    button.press("Enter")
    expect(owner.locator("main .steps li")).to_have_count(2)
    look_at(owner, f"not-me-sounded-{language}")

    thief.goto("/account/")
    thief.wait_for_url("**/account/login/**")
    thief.locator("input[name=email]").fill(customer.email)
    thief.locator("input[name=password]").fill(THIEFS)
    thief.locator("input[name=password]").press("Enter")
    expect(thief.locator("main [aria-invalid=true]")).to_be_visible()

    desk_is_told(staff, customer, language)


def open_account(staff: Page, page: Page, desk: Desk, customer: Person) -> None:
    """The customer had an account, and the thief has come to know its password."""
    staff.goto(customer.address)
    send_link(staff)
    page.goto(link_in(desk.next_mail_to(customer.email, known=0)))
    choose_password(page)
    page.wait_for_url("**/account/login/")
    sign_in_as_customer(page, customer.email, PASSWORD)


def desk_is_told(staff: Page, customer: Person, language: str) -> None:
    staff.goto("/admin/")
    first = staff.locator("main section.card[id]").first
    expect(first).to_have_id("alarms")
    for _ in widths(staff):
        shoot(staff, f"not-me-home-{language}")
        assert not scrolls_sideways(staff)
    first.locator(f"a[href='{customer.address}']").click()
    staff.wait_for_url(f"**{customer.address}")
    expect(staff.locator("#hold_notice")).to_be_visible()
    look_at(staff, f"not-me-desk-{language}")


def look_at(page: Page, name: str) -> None:
    for _ in widths(page):
        shoot(page, name)
        no_serious_violations(page)
        assert not scrolls_sideways(page)
