"""An untidy German file by keyboard: its columns are named, checked, named anew, and imported."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.test_by_keyboard import focus_is_seen, tab_to
from tests.browser.test_the_import import SLOW, button, upload

LOOKS = [("de", WIDE), ("en", PHONE)]


def rows_of(shop: str) -> str:
    """With a column of a name that no other file has: what is said of it is kept."""
    return (
        "Anrede;Vor- und Zuname;eMail privat;Straße + Nr;PLZ/Ort;Fon;Mobil;"
        f"Rubrik {shop};Kundennr.\n"
        f"Frau;Jana Moor;jana@{shop};Hauptstr. 5;1067 Dresden;0351 555010;;Gewerbe,VIP;K-1\n"
        f"Herr;Ben Moor;ben@{shop};Hauptstr. 5;68159 Mannheim;0351 555010;0170 5550123;VIP;K-2\n"
    )


def looks_well(page: Page, name: str, language: str) -> None:
    shoot(page, f"{name}-{language}")
    no_serious_violations(page)
    assert not scrolls_sideways(page)


@pytest.mark.parametrize(("language", "viewport"), LOOKS, ids=[one for one, _ in LOOKS])
def test_a_table_is_named_checked_and_named_anew(
    sit_down: Callable[..., Page], language: str, viewport: dict[str, int]
) -> None:
    page = sit_down("owner", language=language, viewport=viewport)
    shop = f"{secrets.token_hex(4)}.example"
    upload(page, "kunden.csv", rows_of(shop).encode("cp1252"))
    looks_well(page, "mapping", language)
    tags = page.locator("[name=column_7]")
    expect(page.locator("[name=column_1]")).to_have_value("full_name")
    expect(tags).to_have_value("")
    tab_to(page, tags)
    assert focus_is_seen(page)
    check = page.locator("form[action$='/mapping/'] button")
    tab_to(page, check, most=5)
    page.keyboard.press("Enter")
    expect(button(page, "start")).to_be_visible(timeout=SLOW)
    expect(page.locator("#import_state .notice")).to_contain_text("Jana Moor, Ben Moor")
    looks_well(page, "mapped-check", language)

    tab_to(page, button(page, "remapping"))
    page.keyboard.press("Enter")
    expect(page.locator("[name=column_8]")).to_have_value("noted")
    looks_well(page, "mapping-anew", language)
    tab_to(page, tags)
    tags.select_option("tags")
    tab_to(page, check, most=5)
    page.keyboard.press("Enter")
    expect(button(page, "start")).to_be_visible(timeout=SLOW)
    expect(page.locator("#import_state")).to_contain_text("Gewerbe")
    button(page, "start").click()
    expect(page.locator("dl.stats dd").first).to_have_text("2", timeout=SLOW)
    expect(page.locator("a[href$='/undoing/']")).to_be_visible(timeout=SLOW)
    imported = page.url

    upload(page, "noch einmal.csv", rows_of(shop).encode())
    expect(tags).to_have_value("tags")
    looks_well(page, "mapping-as-last-time", language)
    button(page, "cancellation").click()
    page.goto(imported)
    page.locator("a[href$='/undoing/']").click()
    button(page, "undoing").click()
    expect(page.locator("a[href$='/undoing/']")).to_have_count(0, timeout=SLOW)


def test_the_export_counts_when_it_is_opened(sit_down: Callable[..., Page]) -> None:
    page = sit_down("owner", language="de")
    page.goto("/admin/customers/")
    page.locator("a[data-opens='export-customers']:visible").click()
    size = page.locator("#export_size b")
    expect(size).to_be_visible()
    expect(size).not_to_contain_text("etwa")
