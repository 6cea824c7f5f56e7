"""Changes to many customers at once, up to the button that would start them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import bulk
from tests.browser.scenes import DOOR, Scene, submit_empty
from tests.browser.world import World

LIST = "/admin/customers/?view=account"


def menu(page: Page, world: World) -> None:
    _choose_two(page)
    bulk.open_menu(page)
    expect(page.locator(".bulk button[value=resets]")).to_be_visible()


def dialog(page: Page, world: World) -> None:
    _choose_two(page)
    bulk.ask_for(page, "invites")


def preview(page: Page, world: World) -> None:
    bulk.choose_all(page, "q=example.org")
    bulk.preview(page, "resets")


def nobody(page: Page, world: World) -> None:
    _choose_two(page)
    bulk.preview(page, "invites")


def _choose_two(page: Page) -> None:
    for row in (0, 2):
        page.locator("tbody .pick .check").nth(row).check()


def first_step(page: Page, world: World) -> None:
    email, password = world.due
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/account/login/password/")


def first_step_and_nothing(page: Page, world: World) -> None:
    first_step(page, world)
    submit_empty(page, world)


BULK_SCENES = [
    Scene("bulk-menu", "owner", "customer_list", LIST, menu, both=True),
    Scene("bulk-dialog", "owner", "customer_list", LIST, dialog),
    Scene("bulk-ask-resets", "owner", "bulk_change_create",
          "/admin/customers/bulk-changes/new/?kind=resets&customer=1"),
    Scene("bulk-preview", "owner", "bulk_change_detail", "/admin/customers/", preview, both=True),
    Scene("bulk-preview-nobody", "owner", "bulk_change_detail", LIST, nobody),
    Scene("due-password", DOOR, "account_due_password", "/account/login/", first_step, both=True),
    Scene("due-password-422", DOOR, "account_due_password", "/account/login/",
          first_step_and_nothing),
]  # fmt: skip
