"""What somebody chooses for a list as a whole: its columns, views of their own, its export."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes import Scene, press, submit_empty
from tests.browser.world import World


def own_view(page: Page, world: World) -> None:
    """A view of one's own, in which something else is asked by now."""
    _keep_view(page)
    page.locator("main [name=q]").fill("graz")
    expect(page.locator(".tools > form button")).to_be_visible()
    page.locator(".tools details").last.locator("summary").click()


def rename_view(page: Page, world: World) -> None:
    saved = _keep_view(page)
    page.goto(f"/admin/lists/customer/views/{saved}/name/")


def _keep_view(page: Page) -> str:
    """The view that stands there, kept anew: twenty of them would be enough."""
    for tab in page.locator(".tabs a[href*='saved=']").all()[:1]:
        tab.click()
        page.wait_for_url("**saved=*")
        page.locator(".tools details").last.locator("summary").click()
        page.locator("[data-opens=remove-view]").click()
        page.locator("#remove-view .danger").click()
        page.wait_for_url("**/admin/customers/")
    page.locator(".tools details").last.locator("summary").click()
    page.locator("#view_name").fill("Österreich nach Umsatz")
    page.locator("#view_name").press("Enter")
    page.wait_for_url("**saved=*")
    return page.url.rpartition("=")[2]


LIST_SCENES = [
    Scene("customers-columns", "owner", "customer_list", "/admin/customers/",
          press(".tools summary:visible")),
    Scene("customers-save-view", "owner", "customer_list", "/admin/customers/?country=AT",
          press(".tools details:last-child summary")),
    Scene("customers-own-view", "lead", "customer_list", "/admin/customers/?country=AT", own_view),
    Scene("customers-view-name", "lead", "list_view_name", "/admin/customers/?country=AT",
          rename_view),
    Scene("customers-new-view", "owner", "list_views", "/admin/lists/customer/views/?q=m%C3%BC"),
    Scene("customers-new-view-422", "owner", "list_views", "/admin/lists/customer/views/",
          submit_empty),
    Scene("customers-export", "owner", "customer_exports", "/admin/customers/exports/?country=AT"),
    Scene("customers-export-dialog", "owner", "customer_list", "/admin/customers/",
          press("[data-opens=export-customers]:visible")),
    Scene("customers-export-403", "agent", "customer_exports", "/admin/customers/exports/",
          status=403),
]  # fmt: skip
