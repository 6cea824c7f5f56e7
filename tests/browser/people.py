"""What people do in front of a browser, as verbs. Each works with and without JavaScript."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.browser.demo import Desk

PASSWORD = "Zwei-Tassen-am-Morgen-41"
LINK = re.compile(
    r"https?://\S+?/(?:account/(?:reset|activate|confirm|alarm|move|undo|feedback)|admin/link)"
    r"/[^\s/)>]+/"
)


@dataclass(frozen=True)
class Person:
    """A customer as the list shows them."""

    pk: int
    name: str
    email: str

    @property
    def address(self) -> str:
        return f"/admin/customers/{self.pk}/"


def new_address(name: str) -> str:
    return f"{name}.{secrets.token_hex(4)}@example.org"


def sign_in_at_desk(page: Page, email: str, password: str) -> None:
    page.goto("/admin/login/")
    _sign_in(page, email, password)
    page.wait_for_url("**/admin/")


def sign_in_as_customer(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    _sign_in(page, email, password)
    page.wait_for_url("**/account/")


def _sign_in(page: Page, email: str, password: str) -> None:
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")


def link_in(mail: dict[str, Any]) -> str:
    """The one link of a mail that lets somebody in, or keeps somebody out."""
    links = set(LINK.findall(mail["text"]))
    assert len(links) == 1, mail["text"]
    return str(links.pop())


def alarm_for(desk: Desk, email: str) -> str:
    """The link in the newest notice of a changed password, once it is there."""
    wait_until(lambda: _notices(desk, email), what=f"the notice to {email}")
    return link_in(_notices(desk, email)[0])


def _notices(desk: Desk, email: str) -> list[dict[str, Any]]:
    return [mail for mail in desk.mails_to(email) if "/account/alarm/" in mail["text"]]


def change_own_password(page: Page, present: str, new: str) -> None:
    """As somebody who is signed in at the shop."""
    page.goto("/account/password/")
    page.locator("input[name=current]").fill(present)
    page.locator("input[name=password]").fill(new)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/account/")


def choose_password(page: Page, password: str = PASSWORD) -> None:
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")


def invite_colleague(page: Page, desk: Desk, *, role: str) -> str:
    """Let the owner at this page invite somebody to the desk; returns the new address."""
    email = new_address(f"new-{role.replace('_', '-')}")
    page.goto("/admin/settings/team/")
    page.locator("main input[name=name]").fill("Hinnerk Hansen")
    page.locator("main input[name=email]").fill(email)
    page.locator("main select[name=role]").select_option(role)
    page.locator("main input[name=email]").press("Enter")
    expect(page.locator(".plainlist")).to_contain_text(email)
    return email


def take_seat(page: Page, desk: Desk, email: str) -> tuple[str, str]:
    """Follow the invitation to the desk and choose a password."""
    page.goto(link_in(desk.next_mail_to(email, known=0)))
    choose_password(page)
    page.wait_for_url("**/admin/login/")
    return email, PASSWORD


def add_customer(page: Page, name: str, *, language: str = "") -> Person:
    """Add a customer at the desk, with an address of their own."""
    first_name, last_name = name.split(" ", 1)
    email = new_address(first_name.lower())
    page.goto("/admin/customers/new/")
    page.locator("[name=first_name]").fill(first_name)
    page.locator("[name=last_name]").fill(last_name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=language]").select_option(language)
    page.locator("[name=email]").press("Enter")
    page.wait_for_url(re.compile(r"/admin/customers/\d+/$"))
    return Person(int(page.url.rstrip("/").rpartition("/")[2]), name, email)


def send_link(page: Page) -> None:
    """Press the one button that sends a reset or an invite, on a customer's page."""
    page.locator("header.head form[action$='/reset-requests/'] button").click()


def people_in_list(page: Page) -> list[Person]:
    """The rows of the customers' list, as far as they have an address."""
    people = []
    for row in page.locator("table.index tbody tr").all():
        place = row.get_attribute("data-href") or ""
        name = row.locator("td.title").inner_text().strip()
        # Behind the word for how far it is known to be theirs.
        said = (row.locator("td.sub").text_content() or "").split("·")[0].split()
        email = said[-1] if said else ""
        if "@" in email:
            people.append(Person(int(place.rstrip("/").rpartition("/")[2]), name, email))
    return people
