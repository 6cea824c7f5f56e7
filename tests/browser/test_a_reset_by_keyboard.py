"""From the search to an account at another address, without a mouse, the focus always in sight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person, new_address
from tests.browser.test_by_keyboard import find, focus_is_seen, tab_to
from tests.browser.test_identity_check import old_order, whom_we_can_call


def press_on(page: Page, target: Locator) -> None:
    """Tab there, see where one is, and press Enter."""
    tab_to(page, target, most=80)
    assert focus_is_seen(page), target
    page.keyboard.press("Enter")


def type_code(page: Page, code: str) -> None:
    """The customer, on a phone or computer of their own."""
    page.goto("/account/verify/")
    expect(page.locator("[name=code]")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_have_count(0)


def pass_the_check(page: Page, customer: Page, said: tuple[str, str]) -> None:
    """The cursor waits in the first field; then the caller is called back."""
    expect(page.locator("#order_number_and_postal_code_number")).to_be_focused()
    page.keyboard.type(said[0])
    page.keyboard.press("Tab")
    page.keyboard.type(said[1])
    page.keyboard.press("Enter")
    expect(page.locator("#proof_order_number_and_postal_code .badge.ok")).to_be_visible()
    press_on(page, page.locator("#proof_call_back form[action*='/codes/'] button"))
    type_code(customer, page.locator("#proof_call_back .spoken").inner_text())
    expect(page.locator("#check_result.notice.ok")).to_be_visible()


def test_from_the_search_to_another_address(
    sit_down: Callable[..., Page], open_page: Callable[..., Page], muellers: Iterator[Person]
) -> None:
    page, customer = sit_down("agent"), open_page()
    person = whom_we_can_call(page, muellers)
    said = old_order(page)
    page.goto("/admin/")

    find(page, person)
    press_on(page, page.locator("header.head form[action$='/reset-requests/'] button"))
    details = page.locator("#reset_panel .actions a[href*='/reset-requests/']")
    expect(page.locator("#reset_panel .trail li.done")).not_to_have_count(0)
    press_on(page, details)
    page.wait_for_url(re.compile(r"/reset-requests/\d+/$"))
    expect(page.locator("ol.timeline li.k")).not_to_have_count(0)
    press_on(page, page.locator(f"main a[href$='{person.address}']").first)
    page.wait_for_url(f"**{person.address}")

    press_on(page, page.locator("header.head a[href$='/phone-help/']"))
    press_on(page, page.locator("#phone_help form[action$='/identity-checks/'] button"))
    page.wait_for_url(re.compile(r"/identity-checks/\d+/$"))
    pass_the_check(page, customer, said)
    press_on(page, page.locator("#check_result a[href$='/address-move/']"))
    page.wait_for_url("**/address-move/")
    field, new = page.locator("[name=to]"), new_address("tasto")
    tab_to(page, field)
    page.keyboard.type(new)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{person.address}")
    expect(page.locator("#reset_panel .notice")).to_contain_text(new)
