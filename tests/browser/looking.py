"""What is looked at on each page, whatever it shows: a picture, axe, and its width."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page as it is, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


def serious_violations(page: Page) -> list[str]:
    """What axe calls serious or critical (WCAG 2.2 A and AA, and its best practice)."""
    options = {"runOnly": WCAG, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:3]
    ]


def no_serious_violations(page: Page) -> None:
    found = serious_violations(page)
    assert found == [], f"{page.url}: {found}"


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window, as it must never be."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
