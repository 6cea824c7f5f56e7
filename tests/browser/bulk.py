"""Bulk changes as people ask for them in the list's bar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.people import (
    PASSWORD,
    add_customer,
    choose_password,
    link_in,
    send_link,
)

if TYPE_CHECKING:
    from tests.browser.demo import Desk

CHANGE = re.compile(r"/bulk-changes/\d+/$")


def choose_all(page: Page, query: str) -> None:
    """Tick every customer on the first page of a list."""
    page.goto(f"/admin/customers/?{query}")
    page.locator("thead .pick .check").check()


def open_menu(page: Page) -> None:
    page.locator(".bulk details.menu > summary").click()


def ask_for(page: Page, kind: str) -> None:
    open_menu(page)
    page.locator(f".bulk button[value={kind}]").click()
    expect(page.locator("#bulk_dialog")).to_be_visible()


def preview(page: Page, kind: str) -> None:
    """From ticked rows to the page that says who is left out."""
    ask_for(page, kind)
    page.locator("#bulk_dialog button.primary").click()
    page.wait_for_url(CHANGE)
    expect(page.locator("form[action$='/counting/']")).to_be_visible()


def press(page: Page, verb: str) -> None:
    page.locator(f"form[action$='/{verb}/'] button").click()


def customer_with_account(page: Page, desk: Desk, name: str) -> tuple[str, str]:
    """Added at the desk, invited, and with a password of their own; how they sign in."""
    customer = add_customer(page, name)
    send_link(page)
    page.goto(link_in(desk.next_mail_to(customer.email, known=0)))
    choose_password(page)
    page.wait_for_url("**/account/login/")
    return customer.email, PASSWORD


def with_due_password(page: Page, desk: Desk) -> tuple[str, str]:
    """Somebody who is asked for a new password the next time they sign in."""
    email, password = customer_with_account(page, desk, "Paula Passwort")
    choose_all(page, f"q={email}")
    preview(page, "new_password")
    press(page, "start")
    expect(page.locator("a[href$='/undoing/']")).to_be_visible()
    return email, password
