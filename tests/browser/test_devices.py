"""A customer with two devices: one is signed out from the other, then both, by staff and alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import bulk
from tests.browser.conftest import PHONE
from tests.browser.demo import Desk
from tests.browser.looks import defects
from tests.browser.people import sign_in_as_customer


def is_in(page: Page) -> bool:
    page.goto("/account/profile/")
    return "/login/" not in page.url


def test_devices_are_signed_out_one_by_one_and_everywhere(
    desk: Desk, sit_down: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    staff = sit_down("agent", language="de")
    email, password = bulk.customer_with_account(staff, desk, "Dora Doppelt")
    laptop, phone = open_page(language="de"), open_page(language="de", viewport=PHONE)
    for page in (laptop, phone):
        sign_in_as_customer(page, email, password)
    laptop.get_by_role("link", name="Angemeldete Geräte").click()
    expect(laptop.locator(".plainlist li")).to_have_count(2)
    assert defects(laptop, "devices-two", "de") == []
    laptop.locator("form[action$='/removal/'] button").click()
    expect(laptop.locator(".plainlist li")).to_have_count(1)
    assert (is_in(laptop), is_in(phone)) == (True, False)

    sign_in_as_customer(phone, email, password)
    staff.goto(f"/admin/customers/?q={email}")
    staff.locator("td.title a").click()
    devices = staff.locator("section[aria-labelledby=devices_title]")
    expect(devices.locator("li")).to_have_count(2)
    assert defects(staff, "customer-devices", "de") == []
    devices.get_by_role("button").click()
    expect(devices).to_contain_text("Auf keinem Gerät angemeldet.")
    expect(staff.locator("ul.timeline")).to_contain_text("hat 2 Geräte abgemeldet")
    assert (is_in(laptop), is_in(phone)) == (False, False)

    for page in (laptop, phone):
        sign_in_as_customer(page, email, password)
    phone.goto("/account/devices/")
    phone.get_by_role("link", name="Überall abmelden …").click()
    phone.locator("[name=current]").fill("falsch-geraten-1")
    phone.locator("[name=current]").press("Enter")
    expect(phone.locator("[aria-invalid=true]")).to_be_focused()
    phone.locator("[name=current]").fill(password)
    phone.locator("[name=current]").press("Enter")
    phone.wait_for_url("**/account/login/")
    assert (is_in(laptop), is_in(phone)) == (False, False)
