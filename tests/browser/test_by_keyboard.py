"""The desk without a mouse: where the focus goes, and that it is always seen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.demo import Desk
from tests.browser.people import Person, add_customer

FOCUSED = "document.activeElement"


@pytest.fixture
def page(sit_down: Callable[..., Page]) -> Page:
    return sit_down("agent")


def tab_to(page: Page, target: Locator, *, most: int = 60) -> None:
    """Press Tab until the focus is there, as somebody without a mouse has to."""
    expect(target).to_be_attached()
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab do not lead to {target}")


def focus_is_seen(page: Page) -> bool:
    """Whether the focused element shows a ring, or something around it does."""
    return bool(
        page.evaluate(
            """() => {
                for (let one = document.activeElement; one && one !== document.body;
                     one = one.parentElement) {
                    const style = getComputedStyle(one);
                    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth);
                    if (ring || style.boxShadow.includes("0px 0px 0px")) return true;
                }
                return false;
            }"""
        )
    )


def test_the_first_tab_leads_past_the_navigation(page: Page) -> None:
    page.goto("/admin/customers/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_somebody_signs_in(desk: Desk, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/admin/login/")
    email, password = desk.sign_in_of("agent")
    tab_to(page, page.locator("[name=email]"))
    page.keyboard.type(email)
    tab_to(page, page.locator("[name=password]"), most=1)
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def choose_in_search(page: Page, text: str, option: Locator) -> None:
    """Search from anywhere, walk to what was found, and press Enter."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-text")).to_be_focused()
    page.keyboard.type(text)
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def find(page: Page, person: Person) -> None:
    found = page.locator(f"#palette-found a[href='{person.address}']")
    choose_in_search(page, person.email, found)
    page.wait_for_url(f"**{person.address}")


def test_a_customer_is_found_and_sent_a_link(page: Page) -> None:
    customer = add_customer(page, "Tasto Taste")
    page.goto("/admin/")
    find(page, customer)
    button = page.locator("header.head form[action$='/reset-requests/'] button")
    tab_to(page, button)
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("#reset_panel .trail li.done")).not_to_have_count(0)
    # The next Tab goes on from there, and not from the top of the page.
    expect(button).to_be_focused()


def test_a_link_is_sent_from_the_search_itself(page: Page) -> None:
    customer = add_customer(page, "Pia Palette")
    page.goto("/admin/")
    button = page.locator("#palette-found button[role=option]")
    choose_in_search(page, customer.email, button)
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator(".toast, #reset_panel .trail").first).to_be_visible()


def test_the_search_gives_the_focus_back(page: Page) -> None:
    page.goto("/admin/customers/")
    field = page.locator("main input[type=search]")
    field.focus()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(field).to_be_focused()


def test_a_menu_is_walked_and_its_dialog_gives_the_focus_back(page: Page) -> None:
    customer = add_customer(page, "Menno Menü")
    page.goto(customer.address)
    menu = page.locator("header.head details.menu summary")
    tab_to(page, menu)
    page.keyboard.press("ArrowDown")
    opener = page.locator("[data-opens=disable-customer]")
    while not opener.evaluate("one => one === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#disable-customer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#disable-customer")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_filter_opens_and_closes(page: Page) -> None:
    page.goto("/admin/customers/")
    summary = page.locator("details[data-popover] summary").first
    tab_to(page, summary)
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".filters [name=account]"), most=3)
    page.keyboard.press("Escape")
    expect(page.locator(".filters [name=account]")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_row_and_its_menu_are_reached(page: Page) -> None:
    page.goto("/admin/customers/?q=jana.mueller@example.de")
    tab_to(page, page.locator("tbody td.title a").first)
    assert focus_is_seen(page)
    tab_to(page, page.locator("tbody td.more summary").first, most=3)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody td.more .list button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("tbody td.more summary").first).to_be_focused()


def test_the_last_rows_menu_opens_by_arrow(page: Page) -> None:
    """It opens upwards, out of the table that would cut it off."""
    page.goto("/admin/customers/")
    menu = page.locator("tbody td.more details").last
    menu.locator("summary").focus()
    page.keyboard.press("ArrowDown")
    expect(menu.locator(".list :is(a, button)").first).to_be_focused()
    expect(menu.locator(".list")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()


def test_details_are_edited_in_place(page: Page) -> None:
    customer = add_customer(page, "Edo Edit")
    page.goto(customer.address)
    tab_to(page, page.locator("#contact a[href$='/edit/']"))
    page.keyboard.press("Enter")
    expect(page.locator("#contact [name=first_name]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Edgar")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Edgar Edit")


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/customers/", "/admin/orders/", "/admin/settings/shop/"]
)
def test_the_focus_is_seen_wherever_it_goes(page: Page, address: str) -> None:
    page.goto(address)
    unseen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED} !== document.body") and not focus_is_seen(page):
            unseen.append(page.evaluate(f"{FOCUSED}.outerHTML.slice(0, 120)"))
    assert unseen == []


def test_no_dialog_lets_the_focus_out(page: Page) -> None:
    page.goto("/admin/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-text")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = f"{FOCUSED} === document.body || !!{FOCUSED}.closest('#palette')"
        assert page.evaluate(inside)
    assert re.search(r"/admin/$", page.url)


def test_the_list_keeps_the_focus_where_it_was(page: Page) -> None:
    """Tabs, headings and chips are fetched anew with the rows; the next Tab goes on from there."""
    page.goto("/admin/customers/")
    for place, address in [
        ("#customer_tabs a[href*='view=account']", "view=account"),
        ("#customer_by_name", "sort=name"),
        ("#customer_by_name", "sort=-name"),
    ]:
        page.locator(place).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(address))
        expect(page.locator(place)).to_be_focused()
    expect(page.locator("#customer_sort")).to_have_value("-name")
    page.locator("details[data-popover] summary").first.click()
    page.locator("#filter_account").focus()
    page.locator("#filter_account").select_option("enabled")
    page.wait_for_url(re.compile("account=enabled"))
    expect(page.locator("#filter_account")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".chips a.clear").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "account=enabled" not in url)
    expect(page.locator("#customer_rows")).to_be_focused()
    expect(page.locator("#filter_account")).to_have_value("")
    page.go_back()
    expect(page.locator(".chips a").first).to_be_visible()


def test_paging_by_keyboard_starts_each_page_at_its_top(page: Page) -> None:
    page.goto("/admin/customers/")
    first = page.locator("td.title a").first.inner_text()
    page.locator("#page_next").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("cursor="))
    expect(page.locator("td.title a").first).not_to_have_text(first)
    expect(page.locator("#page_next")).to_be_focused()
    expect(page.locator("h1")).to_be_in_viewport()
