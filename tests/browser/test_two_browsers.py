"""What one browser does and another one feels."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.demo import Desk
from tests.browser.people import (
    PASSWORD,
    Person,
    add_customer,
    choose_password,
    invite_colleague,
    link_in,
    send_link,
    sign_in_as_customer,
    sign_in_at_desk,
    take_seat,
)

Sit = Callable[..., Page]


def new_account(staff: Page, shopper: Page, desk: Desk, name: str) -> Person:
    """A customer who has just opened an account, and has signed in."""
    customer = add_customer(staff, name)
    send_link(staff)
    shopper.goto(link_in(desk.next_mail_to(customer.email, known=0)))
    choose_password(shopper)
    shopper.wait_for_url("**/account/login/")
    sign_in_as_customer(shopper, customer.email, PASSWORD)
    return customer


def test_an_owner_is_signed_in_at_desk_and_storefront_at_once(desk: Desk, open_page: Sit) -> None:
    page = open_page()
    sign_in_at_desk(page, *desk.sign_in_of("owner"))
    sign_in_as_customer(page, *desk.sign_in_of("customer"))
    page.goto("/admin/customers/")
    expect(page.locator("table.index")).to_be_visible()
    page.goto("/account/")
    page.locator("form[action$='/logout/'] button").click()
    page.wait_for_url("**/account/login/")
    page.goto("/admin/customers/")
    expect(page.locator("table.index")).to_be_visible()
    page.goto("/account/")
    assert "/account/login/" in page.url


def test_a_deactivated_colleague_is_out_at_once(desk: Desk, open_page: Sit, sit_down: Sit) -> None:
    owner, colleague = sit_down("owner"), open_page()
    email = invite_colleague(owner, desk, role="agent")
    sign_in_at_desk(colleague, *take_seat(open_page(), desk, email))
    colleague.goto("/admin/customers/")
    owner.goto("/admin/settings/team/")
    line = owner.locator(".plainlist > li").filter(has_text=email)
    line.locator("details.menu summary").click()
    line.locator("[data-opens^=deactivate-]").click()
    owner.locator("dialog[open] form[action$='/deactivation/'] button.danger").click()
    expect(owner.locator(".toast, .flash").first).to_be_visible()
    # A part of a page that is asked for leads to the door as well, not only a whole page.
    colleague.locator("main input[type=search]").fill("müller")
    colleague.wait_for_url("**/admin/login/**")
    colleague.goto("/admin/")
    assert "/admin/login/" in colleague.url


def test_a_new_password_ends_the_customers_other_session(
    desk: Desk, open_page: Sit, sit_down: Sit
) -> None:
    phone, laptop = open_page(), open_page()
    customer = new_account(sit_down("agent"), phone, desk, "Petra Passwort")
    desk.next_mail_to(customer.email, known=1)  # the welcome, after the invite
    known = len(desk.mails_to(customer.email))
    laptop.goto("/account/recover/")
    laptop.locator("[name=email]").fill(customer.email)
    laptop.locator("[name=email]").press("Enter")
    laptop.goto(link_in(desk.next_mail_to(customer.email, known=known)))
    phone.goto("/account/profile/")
    expect(phone.locator("[name=first_name]")).to_have_value("Petra")
    choose_password(laptop, "Drei-Tassen-am-Abend-52")
    laptop.wait_for_url("**/account/login/")
    phone.goto("/account/")
    assert "/account/login/" in phone.url


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    desk: Desk, open_page: Sit, sit_down: Sit
) -> None:
    phone, laptop = open_page(), open_page()
    customer = new_account(sit_down("agent"), phone, desk, "Paul Passwort")
    sign_in_as_customer(laptop, customer.email, PASSWORD)
    laptop.goto("/account/password/")
    laptop.locator("[name=current]").fill(PASSWORD)
    laptop.locator("[name=password]").fill("Drei-Tassen-am-Abend-52")
    laptop.locator("[name=password]").press("Enter")
    laptop.wait_for_url("**/account/")
    phone.goto("/account/")
    assert "/account/login/" in phone.url


def test_two_colleagues_who_edit_one_customer_see_each_others_words(sit_down: Sit) -> None:
    anna, lars = sit_down("agent"), sit_down("lead")
    customer = add_customer(anna, "Edda Eile")
    for page in (anna, lars):
        page.goto(customer.address)
        page.locator("#contact a[href$='/edit/']").click()
        expect(page.locator("#contact [name=company]")).to_be_visible()
    save_company(anna, "Eile GmbH")
    expect(anna.locator("#contact")).to_contain_text("Eile GmbH")
    save_company(lars, "Weile AG")
    notice = lars.locator("#contact .notice.warn")
    expect(notice).to_contain_text("Eile GmbH")
    expect(notice).to_contain_text("Weile AG")
    expect(notice).to_be_focused()  # which scrolls there from the button below the form
    save_company(lars, "Weile AG")
    expect(lars.locator("#contact")).to_contain_text("Weile AG")
    expect(lars.locator("#contact form")).to_have_count(0)


def save_company(page: Page, company: str) -> None:
    page.locator("#contact [name=company]").fill(company)
    page.locator("#contact form button.primary").click()


def test_the_panel_tells_what_the_customer_does(desk: Desk, open_page: Sit, sit_down: Sit) -> None:
    """Invited, link opened, account opened: without the page being loaded again."""
    staff, shopper = sit_down("agent"), open_page()
    customer = add_customer(staff, "Volker Vorsicht")
    send_link(staff)
    done = staff.locator("#reset_panel .trail li.done")
    expect(done).to_have_count(3)
    shopper.goto(link_in(desk.next_mail_to(customer.email, known=0)))
    expect(done).to_have_count(4)
    choose_password(shopper)
    expect(done).to_have_count(5)
    expect(staff).to_have_url(re.compile(customer.address))


def test_a_slow_answer_still_reaches_the_page_when_the_panel_has_changed(sit_down: Sit) -> None:
    """The console's complaint would be that there is nowhere to put the answer."""
    staff = sit_down("agent")
    customer = add_customer(staff, "Lotte Langsam")
    slow: list[Route] = []

    def hold(route: Route) -> None:
        slow.append(route)

    staff.route(f"**{customer.address}", hold, times=1)
    send_link(staff)
    expect(staff.locator("#reset_panel .trail li.done")).not_to_have_count(0)
    assert len(slow) == 1
    slow[0].continue_()
    expect(staff.locator("#timeline ul.timeline > li").nth(1)).to_be_visible()
