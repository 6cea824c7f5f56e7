"""One page in both widths, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looking import scrolls_sideways, serious_violations, shoot

# Each look once: the languages share them.
LOOKS = {
    "en": [(WIDE, "light"), (PHONE, "dark")],
    "de": [(WIDE, "dark"), (PHONE, "light")],
}


def defects(page: Page, name: str, language: str, *, axe: bool = True) -> list[str]:
    """All that is wrong with what the page shows now, in its looks.

    What `axe` looks for is the same in each language: of a page seen in both, one is enough.
    """
    found = []
    if page.locator("html").get_attribute("lang") != language:
        found.append("not in this language")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first level")
    for viewport, scheme in LOOKS[language]:
        look_as(page, viewport, scheme)
        shoot(page, f"{name}-{language}{'-dark' if scheme == 'dark' else ''}")
        look = f"{viewport['width']} {scheme}"
        if scrolls_sideways(page):
            found.append(f"{look}: wider than the window")
        found += [f"{look}: {one}" for one in (serious_violations(page) if axe else [])]
    return found


def widths(page: Page) -> Iterator[None]:
    """As it stands; and a German page of a phone, whose words are long, at the desk as well."""
    yield
    width = (page.viewport_size or {"width": 0})["width"]
    if page.locator("html").get_attribute("lang") == "de" and width == PHONE["width"]:
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict
        yield
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict


def look_as(page: Page, viewport: dict[str, int], scheme: str) -> None:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]  # a plain dict
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
