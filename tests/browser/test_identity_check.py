"""A caller says who they are: asked, compared, called back, passed; a stranger is found out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.looks import widths
from tests.browser.people import Person

POSTAL_CODE = re.compile(r"\b(\d{4,5}) [A-ZÄÖÜ]")
LOOKS = pytest.mark.parametrize(
    ("language", "viewport"), [("de", PHONE), ("en", WIDE)], ids=["phone-de", "wide-en"]
)


def whom_we_can_call(page: Page, people: Iterator[Person]) -> Person:
    """Somebody with an order and a number that both stood here for long enough."""
    for person in people:
        page.goto(person.address)
        ordered = page.locator("main a[href^='/admin/orders/']:not([href*='?'])").count()
        if not (ordered and page.locator("#contact a[href^='tel:']").count()):
            continue
        begin(page, person)
        asked = ("order_number_and_postal_code", "call_back")
        if all(page.locator(f"#proof_{name} form").count() for name in asked):
            page.goto(person.address)
            return person
    raise AssertionError("nobody of the demo can be called")


def old_order(page: Page) -> tuple[str, str]:
    """Number and postal code of an order, as whoever placed it would know them. The oldest shown:
    those of the last days prove nothing."""
    page.locator("#customer_orders tbody a").last.click()
    page.wait_for_url(re.compile(r"/admin/orders/\d+/$"))
    number = page.locator("h1").inner_text()
    found = POSTAL_CODE.search(page.locator("main").inner_text())
    assert found is not None
    return number, found[1]


def begin(page: Page, person: Person) -> None:
    page.goto(person.address)
    page.locator("header.head form[action$='/identity-checks/'] button").click()
    page.wait_for_url(re.compile(r"/identity-checks/\d+/$"))


def look(page: Page, name: str) -> None:
    for _ in widths(page):
        # A button half under the bar on top counts as too small.
        page.evaluate("() => window.scrollTo(0, 0)")
        shoot(page, f"identity-check-{name}-{page.locator('html').get_attribute('lang')}")
        no_serious_violations(page)
        assert not scrolls_sideways(page)


@LOOKS
def test_from_the_call_to_the_passed_check(
    sit_down: Callable[..., Page],
    open_page: Callable[..., Page],
    muellers: Iterator[Person],
    language: str,
    viewport: dict[str, int],
) -> None:
    page = sit_down("agent", language=language, viewport=viewport)
    person = whom_we_can_call(page, muellers)
    number, postal_code = old_order(page)
    begin(page, person)
    look(page, "begun")

    # By keyboard alone: the cursor waits in the first field, and after a miss in the same one.
    first = page.locator("#order_number_and_postal_code_number")
    expect(first).to_be_focused()
    page.keyboard.type("999999")
    page.keyboard.press("Tab")
    page.keyboard.type(postal_code)
    page.keyboard.press("Enter")
    expect(page.locator("#proof_order_number_and_postal_code .badge.bad")).to_be_visible()
    expect(first).to_be_focused()
    expect(first).to_have_value("")
    look(page, "missed")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(f"D-{postal_code}")
    page.keyboard.press("Enter")
    expect(page.locator("#proof_order_number_and_postal_code .badge.ok")).to_be_visible()
    expect(page.locator("#identity_check progress")).to_have_attribute("value", "40")

    call = page.locator("#proof_call_back")
    call.locator("form[action*='/codes/'] button").click()
    code = call.locator(".spoken").inner_text()
    expect(call.locator("a[href^='tel:']")).to_be_visible()
    look(page, "calling")

    customer = open_page(language=language, viewport=viewport)
    customer.goto("/account/verify/")
    expect(customer.locator("[name=code]")).to_be_focused()
    look(customer, "verify")
    customer.keyboard.type(code.lower().replace("-", " "))
    customer.keyboard.press("Enter")
    expect(customer.locator("[name=code]")).to_have_count(0)
    look(customer, "verified")

    # The desk hears of it by itself.
    expect(page.locator("#check_result.notice.ok")).to_be_visible()
    look(page, "passed")
    page.goto(person.address)
    look(page, "on-the-customers-page")


@LOOKS
def test_a_stranger_who_guesses_is_stopped(
    sit_down: Callable[..., Page],
    muellers: Iterator[Person],
    language: str,
    viewport: dict[str, int],
) -> None:
    page = sit_down("agent", language=language, viewport=viewport)
    begin(page, whom_we_can_call(page, muellers))
    for _ in range(3):
        guess(page, "last_order", amount="1")
    expect(page.locator("#proof_last_order form")).to_have_count(0)
    look(page, "waits")
    guess(page, "stored_phone", phone="030 1")
    guess(page, "stored_phone", phone="030 1234567")
    expect(page.locator("#check_result.notice.bad")).to_be_visible()
    look(page, "failed")


def guess(page: Page, name: str, **typed: str) -> None:
    for field, text in typed.items():
        page.locator(f"#{name}_{field}").fill(text)
    with page.expect_response(lambda told: told.request.method == "POST"):
        page.locator(f"#proof_{name} form button").click()
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_it_works_without_javascript(
    sit_down: Callable[..., Page], open_page: Callable[..., Page], muellers: Iterator[Person]
) -> None:
    page = sit_down("agent", javascript=False)
    person = whom_we_can_call(page, muellers)
    begin(page, person)
    page.locator("#last_order_amount").fill("1")
    page.locator("#proof_last_order form button").click()
    expect(page.locator("#proof_last_order .badge.bad")).to_be_visible()
    page.locator("#proof_call_back form button").click()
    code = page.locator("#proof_call_back .spoken").inner_text()
    customer = open_page(javascript=False)
    customer.goto("/account/verify/")
    customer.locator("[name=code]").fill(code)
    customer.locator("[name=code]").press("Enter")
    page.locator("#proof_call_back a[href$='/']:not([href^='tel:'])").last.click()
    page.locator("#proof_call_back form[action*='/proofs/'] button").click()
    expect(page.locator("#proof_call_back .badge.ok")).to_be_visible()
    page.locator("form[action$='/ending/'] button").click()
    expect(page.locator("#check_result")).to_be_visible()
