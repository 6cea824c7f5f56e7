"""What is looked at on each page, whatever it shows: a picture, axe, its width, its console."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

# Where people who look at the pages themselves want their pictures; "" takes none.
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": RULES, "resultTypes": ["violations"]}
WITHIN = {"include": [["html"]], "exclude": [["tbody tr:nth-child(n+6)"]]}
AXE = """async ({within, options}) => {
    // What sticks to the window covers in part, at any other place, what has scrolled beneath it.
    const top = scrollY;
    scrollTo({top: 0, behavior: "instant"});
    const {violations} = await axe.run(within, options);
    scrollTo({top, behavior: "instant"});
    // What an open menu covers in part is no target until the menu is closed.
    const menu = document.querySelector("details[data-menu][open], details[data-popover][open]");
    const isCovered = (id, {target}) =>
        id === "target-size" && menu && !menu.contains(document.querySelector(target[0]));
    return violations
        .filter(({impact}) => ["serious", "critical"].includes(impact))
        .flatMap(({id, nodes}) => nodes.filter((node) => !isCovered(id, node))
            .slice(0, 3).map(({html}) => `${id}: ${html}`))
        .map((line) => line.slice(0, 200));
}"""
# htmx tells so of each request that ended early, and names what went wrong in a line beside it. One
# that gave way to a newer one, or to another page, is nothing wrong and has no other line.
GAVE_WAY = {"htmx:sendAbort", "htmx:afterRequest"}


def is_complaint(line: ConsoleMessage) -> bool:
    """Chromium calls each answer of 400 and above an error; some tests ask for refused pages."""
    is_refusal = "Failed to load resource" in line.text and "/static/" not in line.location["url"]
    has_given_way = line.text.partition(",")[0] in GAVE_WAY
    return line.type == "error" and not is_refusal and not has_given_way


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page as it is, where people have asked for them."""
    if not SCREENSHOTS:
        return
    page.evaluate("scrollTo(0, 0)")  # what sticks to the window stands where the page begins
    width = (page.viewport_size or {"width": 0})["width"]
    path = Path(SCREENSHOTS) / f"{name}-{width}.png"
    # To hide the caret, fields would be given a style of their own, and htmx would pass it on.
    page.screenshot(path=path, full_page=True, caret="initial")


def serious_violations(page: Page) -> list[str]:
    """What axe calls serious or critical (WCAG 2.2 A and AA, and its best practice).

    Of a long list the first rows are looked at: the others come from the same template.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(AXE, {"within": WITHIN, "options": OPTIONS})
    return found


def no_serious_violations(page: Page) -> None:
    found = serious_violations(page)
    assert found == [], f"{page.url}: {found}"


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window, as it must never be."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
