"""Every form of a customer's pages, once each, in a browser that runs no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import add_customer, new_address

if TYPE_CHECKING:
    from tests.browser.people import Person


@pytest.fixture
def page(sit_down: Callable[..., Page]) -> Page:
    return sit_down("agent", javascript=False)


@pytest.fixture
def person(page: Page) -> Person:
    return add_customer(page, "Ohne Skript")


def press(page: Page, action: str) -> None:
    """Press the button of the first form that leads there; its menu is opened before."""
    form = page.locator(f"main form[action$='{action}']").first
    menu = form.locator("xpath=ancestor::details[1]")
    if menu.count():
        menu.locator("summary").click()
    form.locator("button").first.click()


def test_addresses_to_write_to_and_numbers(page: Page, person: Person) -> None:
    edit = f"{person.address}edit/"
    page.goto(edit)
    for field, value in (("email", "not an address"), ("phone", "abc")):
        page.locator(f"#{field}_value").fill(value)
        page.locator(f"#identities_{field} form[action$='/identities/'] button").click()
        expect(page.locator(f"#{field}_value")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#{field}_value")).to_have_value(value)
        expect(page.locator("[name=last_name]")).to_have_value("Skript")
    second = new_address("second")
    page.locator("#email_value").fill(second)
    page.locator("#identities_email form[action$='/identities/'] button").click()
    page.wait_for_url(f"**{edit}")
    press(page, "/primary/")
    expect(page.locator("#identities_email li").last).to_contain_text("Primary")
    press(page, "/removal/")
    expect(page.locator("#identities_email li")).to_have_text([re.compile(re.escape(second))])


def test_somebody_elses_address_is_asked_about(page: Page, person: Person) -> None:
    other = add_customer(page, "Andere Adresse")
    page.goto(f"{person.address}edit/")
    page.locator("#email_value").fill(other.email)
    page.locator("#identities_email form[action$='/identities/'] button").first.click()
    expect(page.locator("#taken_by a")).to_have_attribute("href", other.address)
    page.locator("#taken_by button").click()
    page.wait_for_url(f"**{person.address}edit/")
    expect(page.locator("#identities_email")).to_contain_text(other.email)


def test_postal_addresses(page: Page, person: Person) -> None:
    for city in ("Graz", "Bremen"):
        page.goto(person.address)
        page.locator("#addresses a[href$='/addresses/']").click()
        page.locator("[name=city]").fill(city)
        page.locator("main form button.primary").click()
        page.wait_for_url(f"**{person.address}#addresses")
    press(page, "/default/")
    expect(page.locator("#addresses li").first).to_contain_text("Bremen")
    press(page, "/removal/")
    expect(page.locator("#addresses li")).to_have_text([re.compile("Graz")])
    page.locator("#addresses li summary").click()
    page.locator("#addresses li a").click()
    page.locator("[name=city]").fill("Wien")
    page.locator("main form button.primary").click()
    expect(page.locator("#addresses li")).to_contain_text("Wien")


def test_marketing_and_tags(page: Page, person: Person) -> None:
    page.locator("#marketing [data-edit]").click()
    page.locator("[name=email]").select_option("SUBSCRIBED")
    page.locator("main form button.primary").click()
    expect(page.locator("#marketing .badge.ok")).to_be_visible()
    page.locator("#new-tag").fill("Erstes, Zweites")
    page.locator("#tags .affix button").click()
    expect(page.locator("#tags li")).to_have_count(2)
    press(page, "/removal/")
    expect(page.locator("#tags li")).to_have_count(1)


def test_notes_and_a_letter(page: Page, person: Person) -> None:
    page.locator("#new-note").fill("First")
    page.locator("#timeline form.compose button").first.click()
    page.locator(".timeline [data-edit]").click()
    page.locator("[name=text]").fill("Second")
    page.locator("main form button.primary").click()
    expect(page.locator(".timeline .note")).to_have_text("Second")
    press(page, "/removal/")
    expect(page.locator(".timeline .note")).to_have_count(0)
    page.goto(f"{person.address}letters/")
    page.locator("main form button.primary").click()
    expect(page.locator("main [aria-invalid=true]")).to_have_count(2)
    page.locator("[name=subject]").fill("Your mill")
    page.locator("[name=text]").fill("It is on its way.")
    page.locator("main form button.primary").click()
    page.wait_for_url(f"**{person.address}")
    expect(page.locator(".timeline .letter")).to_contain_text("Your mill")
