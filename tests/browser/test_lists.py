"""A list that is asked faster than it answers shows what was asked for last."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

ACCOUNT_TAB = "#customer_tabs a[href*='view=account']"


def test_a_tab_after_a_search_asks_once_and_is_marked(sit_down: Callable[..., Page]) -> None:
    page = sit_down("agent")
    page.goto("/admin/customers/")
    page.locator("main input[type=search]").fill("müller")
    page.wait_for_url("**q=m*")
    asked: list[str] = []

    def listen(request: Request) -> None:
        if "/customers/" in request.url:
            asked.append(request.url)

    page.on("request", listen)
    page.locator(ACCOUNT_TAB).click()
    expect(page.locator(ACCOUNT_TAB)).to_have_attribute("aria-current", "page")
    expect(page).to_have_url(re.compile("q=m.*view=account"))
    assert asked == [page.url]


def test_a_search_that_is_answered_late_does_not_undo_the_tab(
    sit_down: Callable[..., Page],
) -> None:
    page = sit_down("agent")
    page.goto("/admin/customers/")
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/admin/customers/?q=*&sort=*", hold, times=1)
    with page.expect_request("**/admin/customers/?q=*&sort=*"):
        page.locator("main input[type=search]").fill("müller")
    page.locator(ACCOUNT_TAB).click()
    expect(page.locator(ACCOUNT_TAB)).to_have_attribute("aria-current", "page")
    assert len(late) == 1
    late[0].continue_()
    page.locator("#customer_by_name").click()
    expect(page).to_have_url(re.compile("view=account"))
    expect(page.locator(ACCOUNT_TAB)).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("address", ["/admin/customers/", "/admin/orders/"])
def test_an_upright_tablet_shows_each_row_to_its_end(
    sit_down: Callable[..., Page], address: str
) -> None:
    page = sit_down("agent", viewport={"width": 768, "height": 1024})
    page.goto(address)
    wrap = page.locator(".index-wrap")
    assert wrap.evaluate("wrap => wrap.scrollWidth - wrap.clientWidth") == 0
    expect(page.locator("td.amount").first).to_be_in_viewport(ratio=1)
