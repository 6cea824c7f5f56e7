"""A shop moves in: customers and orders as files, a pause in between, and rows that are mended."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.customers import import_files as customers
from tests.orders import import_files as orders

SLOW = 15_000
# The demo of these tests writes twenty rows at a time (tests/browser/demo.py): so many take
# seconds on any machine, and whoever sees the button presses it in time.
ROWS = 900
BROKEN = {"Email": "keine-adresse"}


@pytest.fixture
def page(sit_down: Callable[..., Page]) -> Page:
    return sit_down("owner", language="de")


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/admin/customers/imports/")
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("input[name=file]").set_input_files(file)  # type: ignore[arg-type]  # a plain dict
    page.locator("form[enctype] button.primary").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))


def button(page: Page, verb: str) -> Locator:
    return page.locator(f"form[action$='/{verb}/'] button.btn").last


def start(page: Page) -> None:
    """Once the dry run is over."""
    expect(button(page, "start")).to_be_visible(timeout=SLOW)
    button(page, "start").click()


def is_finished(page: Page, *, created: int) -> None:
    expect(page.locator("#import_state")).to_contain_text("Der Import ist fertig.", timeout=SLOW)
    expect(page.locator("dl.stats dd").first).to_have_text(str(created))


def rejected_rows(page: Page) -> str:
    with page.expect_download() as download:
        page.locator("form[action$='/problems/'] button").click()
    return Path(download.value.path()).read_text(encoding="utf-8-sig")


def test_customers_and_orders_come_in_with_a_pause_and_a_second_try(page: Page) -> None:
    shop = f"{secrets.token_hex(4)}.example"
    people = [
        {"First Name": "Imke", "Last Name": f"Import{number}", "Email": f"{number}@{shop}"}
        for number in range(ROWS)
    ]
    upload(page, "kunden.csv", customers.table(*people, {**people[0], **BROKEN}))
    expect(page.locator("progress")).to_be_visible()
    start(page)
    button(page, "pause").click()
    bar = page.locator("progress")
    expect(page.locator("#import_state")).to_contain_text("Der Import ist angehalten.")
    assert int(bar.get_attribute("value") or 0) < ROWS
    button(page, "resumption").click()
    is_finished(page, created=ROWS)

    rows = rejected_rows(page)
    assert rows.splitlines()[1].startswith(f"{ROWS + 2};Übersprungen;„keine-adresse“ ist keine")
    upload(page, "noch einmal.csv", rows.replace("keine-adresse", f"neu@{shop}").encode())
    start(page)
    is_finished(page, created=1)

    good, bad = (
        orders.order(Name=f"#{shop[:8]}-{number}", Email=f"{number}@{shop}", Id="", Total=total)
        for number, total in ((1, "54.90"), (2, ""))
    )
    upload(page, "bestellungen.csv", orders.table(good, bad))
    start(page)
    is_finished(page, created=1)
    rows = rejected_rows(page)
    assert "Es fehlt die Summe der Bestellung." in rows
    upload(
        page, "noch einmal.csv", rows.replace("50.00;4.90;3.59;", "50.00;4.90;3.59;54.90").encode()
    )
    start(page)
    is_finished(page, created=1)

    page.goto(f"/admin/orders/?q=%23{shop[:8]}-2")
    expect(page.locator("table.index tbody tr")).to_have_count(1)
    take_back(page)


def take_back(page: Page) -> None:
    """Other tests look at the same demo's customers."""
    page.goto("/admin/customers/imports/")
    page.get_by_role("link", name="kunden.csv").first.click()
    page.locator("a[href$='/undoing/']").click()
    button(page, "undoing").click()
    done = page.locator("#import_state")
    expect(done).to_contain_text("Der Import wurde rückgängig gemacht.", timeout=SLOW)
