"""What the page of a customer says of a link by itself, while nobody loads it anew."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.demo import Desk
from tests.browser.people import add_customer, send_link


def test_the_badge_follows_the_link_and_the_sixth_click_is_told_to_wait(
    desk: Desk, sit_down: Callable[..., Page]
) -> None:
    page = sit_down("agent")
    customer = add_customer(page, "Frauke Feddersen")
    badge = page.locator("header.head .badge")
    expect(badge).to_have_text("No account")
    send_link(page)
    expect(badge).to_have_text("Invited")
    expect(page.locator("#reset_panel")).to_contain_text("invite sent to")
    for known in range(5):
        desk.next_mail_to(customer.email, known=known)
        expect(page.locator("#reset_panel .notice.ok")).to_be_visible()
        with page.expect_response(lambda told: told.request.method == "POST"):
            page.locator("#reset_panel form[action$='/reset-requests/'] button").click()
    expect(page.locator("#reset_panel .notice.warn")).to_contain_text("again in")
    assert len(desk.mails_to(customer.email)) == 5


def test_what_the_page_asks_by_itself_is_told_from_what_a_person_asks(
    desk: Desk, sit_down: Callable[..., Page]
) -> None:
    page = sit_down("agent")
    add_customer(page, "Focko Feddersen")
    with page.expect_request(lambda asked: asked.method == "POST") as clicked:
        send_link(page)
    with page.expect_request(lambda asked: "?seen=" in asked.url) as polled:
        pass
    marked = ["x-unattended" in one.value.headers for one in (clicked, polled)]
    assert marked == [False, True]
