"""Nothing typed at the desk is lost without a question, and the focus stays where one was."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.people import add_customer, new_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.people import Person

COMPANY = "#contact [name=company]"
EDIT = "#contact a[href$='/edit/']"


@pytest.fixture
def page(sit_down: Callable[..., Page]) -> Page:
    return sit_down("agent")


@pytest.fixture
def person(page: Page) -> Person:
    return add_customer(page, "Unica Ungesichert")


@contextmanager
def asked(page: Page, *, stay: bool) -> Iterator[list[str]]:
    """What the browser asks meanwhile; answered by staying or by giving up what was typed."""
    questions: list[str] = []

    def answer(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss() if stay else dialog.accept()

    page.on("dialog", answer)
    yield questions
    page.remove_listener("dialog", answer)


def edit(page: Page) -> None:
    page.locator(EDIT).click()
    expect(page.locator("#contact [name=first_name]")).to_be_focused()


def test_addresses_are_added_in_a_row_beside_a_half_written_name(
    page: Page, person: Person
) -> None:
    edit(page)
    page.locator(COMPANY).fill("Halb GmbH")
    for _ in range(2):
        address = new_address("more")
        page.locator("#email_value").fill(address)
        page.keyboard.press("Enter")
        expect(page.locator("#identities_email li").filter(has_text=address)).to_be_visible()
        expect(page.locator("#email_value")).to_be_focused()
    page.locator("#phone_value").fill("abc")
    page.keyboard.press("Enter")
    expect(page.locator("#phone_value")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#phone_value")).to_have_value("abc")
    expect(page.locator("#phone_value")).to_be_focused()
    page.locator("#identities_email li summary").last.click()
    page.locator("#identities_email form[action$='/primary/'] button:visible").click()
    expect(page.locator("#identities_email li").last).to_contain_text("Primary")
    expect(page.locator(COMPANY)).to_have_value("Halb GmbH")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("edit/", "[name=company]"),
        ("letters/", "[name=text]"),
        ("addresses/", "[name=city]"),
        ("", "#new-note"),
        ("../new/", "[name=company]"),
    ],
)
def test_leaving_asks_first(page: Page, person: Person, path: str, field: str) -> None:
    page.goto(f"{person.address}{path}")
    page.locator(f"main {field}").first.fill("Half a")
    with asked(page, stay=True) as questions:
        page.locator(".nav a[href$='/orders/']").click()
    assert questions == ["beforeunload"]
    expect(page.locator(f"main {field}").first).to_have_value("Half a")
    page.locator(f"main {field}").first.fill("")
    page.locator(".nav a[href$='/orders/']").click()
    page.wait_for_url("**/admin/orders/")


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_a_form_in_the_page_is_closed_by_its_way_out_and_asks_first(
    page: Page, person: Person, way: str
) -> None:
    edit(page)

    def leave() -> None:
        if way == "Escape":
            page.locator(COMPANY).press("Escape")
        else:
            page.locator("#contact [data-cancels]").click()

    page.locator(COMPANY).fill("Halb GmbH")
    with asked(page, stay=True) as questions:
        leave()
    assert questions == ["confirm"]
    expect(page.locator(COMPANY)).to_have_value("Halb GmbH")
    with asked(page, stay=False) as questions:
        leave()
        expect(page.locator(EDIT)).to_be_focused()
    assert questions == ["confirm"]
    expect(page.locator("#contact")).not_to_contain_text("Halb GmbH")
    edit(page)
    leave()
    expect(page.locator(EDIT)).to_be_focused()


def test_what_is_saved_in_the_page_shows_everywhere_and_leaves_a_note_alone(
    page: Page, person: Person
) -> None:
    page.locator("#new-note").fill("Half a note")
    edit(page)
    page.locator("#contact [name=first_name]").fill("Unika")
    page.locator("#contact [name=note]").fill("Pays by invoice")
    page.locator("#contact [name=first_name]").press("Enter")
    expect(page.locator("h1")).to_contain_text("Unika")
    expect(page.locator(EDIT)).to_be_focused()
    expect(page.locator("#customer_remark")).to_contain_text("Pays by invoice")
    expect(page.locator("#timeline_lines li").first).to_contain_text("remark")
    expect(page.locator("#new-note")).to_have_value("Half a note")
    expect(page.locator(".toast.ok").last).to_contain_text("The changes are saved.")


def test_a_note_is_written_by_keyboard(page: Page, person: Person) -> None:
    page.locator("#new-note").focus()
    page.keyboard.type("Please, @")
    names = page.locator(".mentions [role=option]")
    expect(names.nth(1)).to_be_visible()
    expect(names.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    second = names.nth(1).inner_text()
    expect(page.locator("#new-note")).to_have_attribute(
        "aria-activedescendant", names.nth(1).get_attribute("id") or ""
    )
    page.keyboard.press("Enter")
    expect(names).to_have_count(0)
    expect(page.locator("#new-note")).to_have_value(f"Please, @{second} ")
    page.keyboard.type("call\nthem")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline .note").first).to_have_text(f"Please, @{second} call\nthem")
    expect(page.locator("#new-note")).to_have_value("")
    page.locator(".timeline a[href*='/notes/']").click()
    page.locator(".timeline textarea").fill("Done")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline .note").first).to_have_text("Done")


def test_tags_in_use_are_offered_and_several_are_added_at_once(page: Page, person: Person) -> None:
    page.locator("#new-tag").fill("Unicum, Zweites")
    page.keyboard.press("Enter")
    expect(page.locator("#tags li")).to_have_text([re.compile("Unicum"), re.compile("Zweites")])
    expect(page.locator("#new-tag")).to_be_focused()
    page.locator("#new-tag").fill("unic")
    expect(page.locator("#tag_names option[value=Unicum]")).to_have_count(1)
    page.goto("/admin/customers/")
    page.locator("details[data-popover] summary").first.click()
    page.locator("#filter_tag").fill("unic")
    expect(page.locator("#tag_names option[value=Unicum]")).to_have_count(1)


def test_what_is_wrong_with_a_long_form_is_seen_from_its_button(page: Page, person: Person) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(person.address)
    page.locator("#addresses a[href$='/addresses/']").click()
    page.locator("#addresses form button.primary").click()
    expect(page.locator("#addresses .errors")).to_be_focused()
    expect(page.locator("#addresses .errors")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("address", "sort"), [("/admin/customers/", "name"), ("/admin/orders/", "total")]
)
def test_the_way_back_leads_to_the_list_as_it_was(page: Page, address: str, sort: str) -> None:
    page.goto(f"{address}?sort={sort}")
    page.locator("#page_next").click()
    page.wait_for_url("**cursor=*")
    was = page.url
    page.locator("td.title a").first.click()
    page.wait_for_url(re.compile(r"/\d+/$"))
    page.reload()
    page.locator("a.back").click()
    page.wait_for_url(was)
