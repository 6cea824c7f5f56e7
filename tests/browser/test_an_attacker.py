"""Somebody without an account tries to get into another one's: each step leads nowhere.

Whoever guesses what a customer would know is stopped in test_identity_check.py; requests that no
browser sends are in test_forged_hosts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import PHONE, WIDE, Desk
from tests.browser.elsewhere import calling_from_elsewhere
from tests.browser.looking import no_serious_violations, scrolls_sideways, shoot
from tests.browser.people import (
    PASSWORD,
    Person,
    add_customer,
    choose_password,
    link_in,
    send_link,
    sign_in_as_customer,
)
from tests.browser.test_identity_check import begin, whom_we_can_call

LOOKS = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide-de", "phone-de"])
FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "4444",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "https://evil.example/",
}
# Of "ask from ip" and "code from ip" (accounts/throttling.py).
ASKS, CODES = 20, 10


@pytest.fixture
def elsewhere(desk: Desk) -> Iterator[str]:
    with calling_from_elsewhere(desk.url) as proxy:
        yield proxy


@pytest.fixture
def victim(sit_down: Callable[..., Page], desk: Desk, open_page: Callable[..., Page]) -> Person:
    """A customer with an account, whose first link is used up."""
    staff, page = sit_down("agent"), open_page()
    customer = add_customer(staff, "Vera Vertrauen", language="de")
    open_account(staff, page, desk, customer)
    page.context.close()
    return customer


def open_account(staff: Page, page: Page, desk: Desk, customer: Person) -> None:
    staff.goto(customer.address)
    send_link(staff)
    page.goto(link_in(desk.next_mail_to(customer.email, known=0)))
    choose_password(page)
    page.wait_for_url("**/account/login/")


def ask(page: Page, email: str) -> Response:
    page.goto("/account/recover/")
    page.locator("[name=email]").fill(email)
    return submit(page, "[name=email]")


def submit(page: Page, field: str) -> Response:
    with page.expect_response(lambda told: told.request.method == "POST") as told:
        page.locator(field).press("Enter")
    page.wait_for_load_state()
    return told.value


def look(page: Page, name: str) -> None:
    shoot(page, f"attacker-{name}")
    no_serious_violations(page)
    assert not scrolls_sideways(page)


def leads_nowhere(page: Page, link: str, *, status: int, name: str) -> None:
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == status
    expect(page.locator("[name=password]")).to_have_count(0)
    look(page, name)


def is_turned_away(page: Page, answer: Response, name: str) -> None:
    """Told in words, and in a header, how long to wait."""
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 300
    expect(page.locator("h1")).to_have_text("Bitte warten Sie einen Moment")
    expect(page.locator("main")).to_contain_text("Minute")
    look(page, name)


@LOOKS
def test_links_open_once_at_our_host_and_for_nobody_else(
    desk: Desk,
    victim: Person,
    sit_down: Callable[..., Page],
    open_page: Callable[..., Page],
    viewport: dict[str, int],
) -> None:
    thief = open_page(language="de", viewport=viewport)
    used = link_in(desk.mails_to(victim.email)[-1])
    leads_nowhere(thief, used, status=410, name="replayed")

    # Asked for with headers that name another host: the link in the victim's mail is ours.
    known = len(desk.mails_to(victim.email))
    thief.set_extra_http_headers(FORGED)
    assert ask(thief, victim.email).status == 200
    thief.set_extra_http_headers({})
    mail = desk.next_mail_to(victim.email, known=known)
    fresh = link_in(mail)
    assert fresh.startswith(f"{desk.url}/account/reset/")
    assert "evil.example" not in mail["text"] + mail["html"]

    # With a genuine link of their own, made out to the number of the victim's.
    staff = sit_down("agent")
    mallory = add_customer(staff, "Mallory Muster", language="de")
    staff.goto(mallory.address)
    send_link(staff)
    own = link_in(desk.next_mail_to(mallory.email, known=0))
    page, _, token = fresh.rstrip("/").rpartition("/")
    number, signature = token.split(".")[0], own.rstrip("/").rpartition(".")[2]
    assert signature != token.rpartition(".")[2]
    leads_nowhere(thief, f"{page}/{number}.{signature}/", status=404, name="anothers")

    # It has cost the victim nothing: the password still lets them in, and so does the link.
    owner = open_page(language="de", viewport=viewport)
    sign_in_as_customer(owner, victim.email, PASSWORD)
    owner.goto(fresh)
    expect(owner.locator("[name=password]")).to_be_visible()


@LOOKS
def test_a_flood_of_asks_is_turned_away_and_fills_no_mailbox(
    desk: Desk,
    victim: Person,
    elsewhere: str,
    open_page: Callable[..., Page],
    viewport: dict[str, int],
) -> None:
    thief = open_page(language="de", viewport=viewport, proxy=elsewhere)
    assert [ask(thief, victim.email).status for _ in range(ASKS)] == [200] * ASKS
    is_turned_away(thief, ask(thief, victim.email), "flood")
    # Another name for where they come from is no other place.
    thief.set_extra_http_headers(FORGED)
    assert ask(thief, victim.email).status == 429

    # Three mails an hour for who asks at the shop; the first of them opened the account.
    owner = open_page(language="de", viewport=viewport)
    assert ask(owner, victim.email).status == 200
    look(owner, "asked-meanwhile")
    assert len(desk.mails_to(victim.email)) <= 4  # and the welcome to it
    sign_in_as_customer(owner, victim.email, PASSWORD)


@LOOKS
def test_whoever_guesses_at_spoken_codes_is_turned_away(
    elsewhere: str,
    sit_down: Callable[..., Page],
    open_page: Callable[..., Page],
    muellers: Iterator[Person],
    viewport: dict[str, int],
) -> None:
    staff = sit_down("agent", language="de", viewport=viewport)
    begin(staff, whom_we_can_call(staff, muellers))
    call = staff.locator("#proof_call_back")
    call.locator("form[action*='/codes/'] button").click()
    code = call.locator(".spoken").inner_text()

    thief = open_page(language="de", viewport=viewport, proxy=elsewhere)
    said = set()
    for number in range(CODES):
        assert guess_code(thief, f"{number:08}").status == 200
        said.add(thief.locator("main").inner_text())
    assert len(said) == 1
    look(thief, "guessed-code")
    is_turned_away(thief, guess_code(thief, "00000010"), "guessed-codes")
    # By then even the right one is not looked at.
    assert guess_code(thief, code).status == 429
    staff.reload()
    expect(call.locator(".badge.ok")).to_have_count(0)
    expect(call.locator(".spoken")).to_have_text(code)
    look(staff, "guessed-codes-at-the-desk")


def guess_code(page: Page, code: str) -> Response:
    page.goto("/account/verify/")
    page.locator("[name=code]").fill(code)
    return submit(page, "[name=code]")
