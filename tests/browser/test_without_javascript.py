"""All of the storefront, and the desk's daily work, in a browser that runs no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Desk
from tests.browser.people import (
    PASSWORD,
    Person,
    add_customer,
    choose_password,
    link_in,
    new_address,
    people_in_list,
    send_link,
    sign_in_as_customer,
)

OTHER = "Drei-Tassen-am-Abend-52"


@pytest.fixture
def shopper(open_page: Callable[..., Page]) -> Page:
    return open_page(javascript=False)


@pytest.fixture
def staff(sit_down: Callable[..., Page]) -> Page:
    return sit_down("agent", javascript=False)


def invited(staff: Page, desk: Desk, name: str) -> tuple[Person, str]:
    customer = add_customer(staff, name)
    send_link(staff)
    staff.wait_for_url(f"**{customer.address}")
    return customer, link_in(desk.next_mail_to(customer.email, known=0))


def submit(page: Page, **typed: str) -> None:
    """Fill in the page's form and press its button."""
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form button.primary").click()


def test_somebody_new_opens_an_account(desk: Desk, shopper: Page) -> None:
    email = new_address("rieke")
    shopper.goto("/account/login/")
    shopper.locator("main a[href$='/account/register/']").click()
    submit(shopper, first_name="Rieke", last_name="Neumann", email=email)
    expect(shopper.locator("ol.steps")).to_be_visible()
    shopper.goto(link_in(desk.next_mail_to(email, known=0)))
    shopper.wait_for_url("**/account/confirm/")
    expect(shopper.locator("[name=last_name]")).to_have_value("Neumann")
    submit(shopper, password=PASSWORD)
    expect(shopper.locator("[name=email]")).to_have_value(email)
    submit(shopper, password=PASSWORD)
    shopper.wait_for_url("**/account/")
    expect(shopper.locator("h1")).to_contain_text("Rieke")


def test_who_was_invited_opens_an_account(desk: Desk, staff: Page, shopper: Page) -> None:
    customer, link = invited(staff, desk, "Arne Anders")
    shopper.goto(link)
    shopper.wait_for_url("**/account/activate/")
    submit(shopper, password=PASSWORD)
    expect(shopper.locator("[name=email]")).to_have_value(customer.email)
    submit(shopper, password=PASSWORD)
    shopper.wait_for_url("**/account/")
    staff.goto(customer.address)
    expect(staff.locator("header.head .badge.ok")).to_be_visible()


def test_who_was_invited_may_decline(desk: Desk, staff: Page, shopper: Page) -> None:
    customer, link = invited(staff, desk, "Nora Nein")
    shopper.goto(link)
    shopper.locator("form[action$='/refusal/'] button").click()
    expect(shopper.locator("main a[href$='/account/register/']")).to_be_visible()
    answer = shopper.goto(link)
    assert answer is not None
    assert answer.status == 410
    staff.goto(customer.address)
    expect(staff.locator("header.head .badge.warn")).to_be_visible()


def test_a_forgotten_password_is_replaced_without_anybodys_help(
    desk: Desk, staff: Page, shopper: Page
) -> None:
    customer, link = invited(staff, desk, "Vera Vergesslich")
    shopper.goto(link)
    choose_password(shopper)
    desk.next_mail_to(customer.email, known=1)  # the welcome, after the invite
    known = len(desk.mails_to(customer.email))
    shopper.goto("/account/login/")
    shopper.locator("main a[href$='/account/recover/']").click()
    submit(shopper, email=customer.email)
    shopper.goto(link_in(desk.next_mail_to(customer.email, known=known)))
    submit(shopper, password="short")
    expect(shopper.locator("main [aria-invalid=true]")).to_have_count(1)
    submit(shopper, password=OTHER)
    shopper.wait_for_url("**/account/login/")
    submit(shopper, password=OTHER)
    shopper.wait_for_url("**/account/")


def test_a_customer_changes_what_is_theirs_and_leaves(
    desk: Desk, staff: Page, shopper: Page
) -> None:
    customer, link = invited(staff, desk, "Momo Muster")
    shopper.goto(link)
    choose_password(shopper)
    sign_in_as_customer(shopper, customer.email, PASSWORD)
    shopper.locator("main a[href$='/account/profile/']").click()
    submit(shopper, first_name="Moritz")
    expect(shopper.locator("h1")).to_contain_text("Moritz")
    shopper.locator("main a[href$='/account/password/']").click()
    submit(shopper, current="not this one", password=OTHER)
    expect(shopper.locator("[name=current]")).to_have_attribute("aria-invalid", "true")
    submit(shopper, current=PASSWORD, password=OTHER)
    shopper.wait_for_url("**/account/")
    shopper.locator("form[action$='/logout/'] button").click()
    shopper.wait_for_url("**/account/login/")
    sign_in_as_customer(shopper, customer.email, OTHER)


def test_a_visitor_chooses_the_language(shopper: Page) -> None:
    shopper.goto("/account/login/")
    expect(shopper.locator("html")).to_have_attribute("lang", "en")
    shopper.locator("button[name=language][value=de]").click()
    expect(shopper.locator("html")).to_have_attribute("lang", "de")
    assert shopper.url.endswith("/account/login/")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_desk_lists_searches_and_pages(
    sit_down: Callable[..., Page], viewport: dict[str, int]
) -> None:
    page = sit_down("agent", javascript=False, viewport=viewport)
    page.goto("/admin/customers/")
    first = people_in_list(page)[0]
    page.locator(".pager a[rel=next]").click()
    assert first not in people_in_list(page)
    page.goto("/admin/customers/")
    page.locator("main input[type=search]").fill("jana mueller")
    page.locator("noscript button, .filter button:visible").last.click()
    page.wait_for_url(re.compile(r"q=jana"))
    page.locator("td.title a").filter(has_text="Jana").first.click()
    page.wait_for_url(re.compile(r"/admin/customers/\d+/$"))


def test_the_filter_and_the_tabs_are_links_and_forms(staff: Page) -> None:
    staff.goto("/admin/customers/")
    staff.locator("#customer_tabs a[href*='view=account']").click()
    staff.wait_for_url(re.compile("view=account"))
    staff.locator("details[data-popover] summary").first.click()
    staff.locator(".filters select[name=account]").select_option("enabled")
    staff.locator(".filter button:visible").last.click()
    staff.wait_for_url(re.compile("account=enabled"))
    assert people_in_list(staff)


def test_a_customer_is_added_and_corrected(staff: Page) -> None:
    staff.goto("/admin/customers/new/")
    staff.locator("main form button.primary").click()
    expect(staff.locator("main [role=alert]")).to_be_visible()
    customer = add_customer(staff, "Berta Blank")
    staff.locator("#contact a[href$='/edit/']").click()
    staff.locator("[name=last_name]").fill("Blanck")
    staff.locator("main form button.primary").first.click()
    staff.wait_for_url(f"**{customer.address}")
    expect(staff.locator("h1")).to_have_text("Berta Blanck")


def test_the_search_over_everything_is_a_page(staff: Page) -> None:
    staff.goto("/admin/")
    staff.locator(".top a.search").click()
    staff.wait_for_url("**/admin/search/")
    staff.locator("main input[type=search]").fill("jana müller")
    staff.locator("main form[role=search] button").click()
    expect(staff.locator("main .plainlist a").first).to_contain_text("Jana")
