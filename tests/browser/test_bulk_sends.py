"""A shop moves its customers over: invited at once, paused, resumed, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import bulk
from tests.browser.conftest import PHONE
from tests.browser.demo import Desk
from tests.browser.looking import no_serious_violations
from tests.browser.looks import defects
from tests.browser.people import PASSWORD, choose_password, link_in, new_address

SLOW = 60_000
NEW_PASSWORD = "Drei-Kannen-am-Abend-52"


@pytest.fixture
def slow_pace(sit_down: Callable[..., Page]) -> Iterator[None]:
    """Ten mails a minute, so that somebody can pause before all have left."""
    page = sit_down("owner")
    set_pace(page, "10")
    yield
    set_pace(page, "300")


def set_pace(page: Page, per_minute: str) -> None:
    page.goto("/admin/settings/customer-accounts/")
    field = page.locator("[name=bulk_per_minute]")
    if field.input_value() != per_minute:
        field.fill(per_minute)
        field.press("Enter")
        expect(page.locator(".toast")).to_be_visible()


def add(page: Page, name: str, email: str) -> None:
    first_name, last_name = name.split(" ", 1)
    page.goto("/admin/customers/new/")
    page.locator("[name=first_name]").fill(first_name)
    page.locator("[name=last_name]").fill(last_name)
    page.locator("[name=email]" if email else "[name=phone]").fill(email or "040 123456")
    page.locator("[name=last_name]").press("Enter")
    expect(page.locator("#timeline")).to_be_visible()


def results(page: Page) -> str:
    with page.expect_download() as download:
        bulk.press(page, "results")
    return Path(download.value.path()).read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("slow_pace")
def test_customers_are_invited_with_a_pause_and_open_their_accounts(
    desk: Desk, sit_down: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    page, family = sit_down("owner", language="de"), f"Umzug{secrets.token_hex(3)}"
    addresses = [new_address(name) for name in ("uta", "udo", "ute")]
    for name, address in zip(("Uta", "Udo", "Ute"), addresses, strict=True):
        add(page, f"{name} {family}", address)
    add(page, f"Ulf {family}", "")
    bulk.choose_all(page, f"q={family}")
    bulk.preview(page, "invites")
    state = page.locator("#bulk_state")
    expect(state).to_contain_text("Es gibt keine E-Mail-Adresse.")
    expect(page.locator("form[action$='/start/'] button")).to_have_text("3 Mails senden")
    assert defects(page, "bulk-send-ready", "de") == []
    bulk.press(page, "start")
    desk.next_mail_to(addresses[0], known=0)
    bulk.press(page, "pause")
    expect(page.locator(".notice.warn")).to_contain_text("Das ist angehalten.")
    assert defects(page, "bulk-send-paused", "de") == []
    assert not all(desk.mails_to(address) for address in addresses)
    bulk.press(page, "resumption")
    assert defects(page, "bulk-send-under-way", "de") == []
    expect(page.locator("form[action$='/results/']")).to_be_visible(timeout=SLOW)
    assert defects(page, "bulk-send-done", "de") == []
    assert [line.count(";") for line in results(page).splitlines()] == [5] * 5
    assert [len(desk.mails_to(address)) for address in addresses] == [1, 1, 1]
    customer = open_page(language="de", viewport=PHONE)
    customer.goto(link_in(desk.mails_to(addresses[2])[0]))
    choose_password(customer)
    customer.wait_for_url("**/account/login/")
    page.reload()
    expect(page.locator("dl.stats")).to_contain_text("Konto eröffnet")
    no_serious_violations(page)


def test_a_new_password_is_chosen_before_anybody_is_let_in(
    desk: Desk, sit_down: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    email, password = bulk.with_due_password(sit_down("owner"), desk)
    page = open_page(language="de", viewport=PHONE)
    page.goto("/account/login/")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/account/login/password/")
    page.goto("/account/")
    page.wait_for_url("**/account/login/**")
    page.goto("/account/login/password/")
    choose_password(page, PASSWORD)
    expect(page.locator("[aria-invalid=true]")).to_be_focused()
    choose_password(page, NEW_PASSWORD)
    page.wait_for_url("**/account/")
    expect(page.locator("h1")).to_contain_text("Paula")


def test_the_menu_is_reached_without_a_mouse(sit_down: Callable[..., Page]) -> None:
    page = sit_down("agent")
    page.goto("/admin/customers/?view=account")
    page.locator("tbody .pick .check").first.check()
    page.locator(".bulk details.menu > summary").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".bulk button[value=resets]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".bulk button[value=invites]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bulk_dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#bulk_dialog")).to_be_hidden()
