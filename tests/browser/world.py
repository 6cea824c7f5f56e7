"""What the pages need in order to show something: made once, as people would make it."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from tests.browser.bulk import with_due_password
from tests.browser.people import (
    PASSWORD,
    Person,
    add_customer,
    alarm_for,
    change_own_password,
    choose_password,
    invite_colleague,
    link_in,
    new_address,
    people_in_list,
    send_link,
    sign_in_as_customer,
    sign_in_at_desk,
    take_seat,
)

if TYPE_CHECKING:
    from tests.browser.conftest import Desk, Seats

LONG = "Maximiliane-Friederike-Wilhelmine-Charlotte-Antonia"
LONG_NAME = f"{LONG} von und zu Hohenlohe-Schillingsfürst-Donaudampfschifffahrtsgesellschaft"
IMPORT = """First Name,Last Name,Email,Accepts Email Marketing,Total Spent,Total Orders,Tags
Wiebke,Harms,wiebke.harms@example.org,yes,120.50,3,Abo
Nobody,Nowhere,this is no address,no,0,0,
"""


@dataclass(frozen=True)
class World:
    """Addresses of pages, and links from mails that nobody has used."""

    jana: str
    long: str
    pending: str
    disabled: str
    held: str
    lifting: str
    order: str
    own_order: str
    product: str
    address: str
    note: str
    imported: str
    tagged: str
    reset: str
    withdrawn: str
    alarm: str
    sounded: str
    link: str
    doubtful: str
    silent: str
    complains: str
    complaint: str
    bounced: str
    feedback: str
    invite: str
    confirm: str
    seat: str
    careful: tuple[str, str]
    due: tuple[str, str]
    to_decline: Iterator[str]


def build(desk: Desk, seats: Seats, somebody: Person) -> World:
    staff = seats.browsers.open(cookies=seats.of("owner"))
    long = add_customer(staff, LONG_NAME)
    address, note = add_details(staff, long)
    withdrawn, reset = two_resets(staff, desk, somebody)
    held, lifting = held_customer(staff)
    complains = find(staff, "ingo.ahlers@example.de").address
    built = World(
        jana=find(staff, "jana.mueller@example.de").address,
        long=long.address,
        pending=add_customer(staff, "Silke Senden").address,
        disabled=disabled_customer(staff),
        held=held,
        lifting=lifting,
        order=first_link(staff, "/admin/orders/", "td.title a"),
        own_order=own_order(seats),
        product=first_link(staff, "/admin/products/?q=nordlicht", "td.title a"),
        address=address,
        note=note,
        imported=checked_import(staff),
        tagged=tagged_customers(staff),
        reset=reset,
        withdrawn=withdrawn,
        alarm=alarm(staff, seats, desk),
        sounded=alarm(staff, seats, desk),
        link=first_link(staff, somebody.address, "#reset_panel a[href*='/reset-requests/']"),
        doubtful=find(staff, "henning.voss@gmail.con").address,
        silent=find(staff, "ole.thomsen@example.net").address,
        complains=complains,
        complaint=first_link(staff, complains, "#reset_panel a[href*='/reset-requests/']"),
        bounced=find(staff, "ruth.sommer@post.example").address,
        feedback=link_in(desk.next_mail_to("wencke.jessen@example.org", known=0)),
        invite=invited(staff, desk, long),
        confirm=registered(seats.browsers.open(), desk),
        seat=link_in(desk.next_mail_to(invite_colleague(staff, desk, role="agent"), known=0)),
        careful=careful_colleague(staff, seats, desk),
        due=with_due_password(staff, desk),
        to_decline=iter([invited(staff, desk, add_customer(staff, "Nele Nein")) for _ in "ab"]),
    )
    seats.cookies["newcomer"] = newcomer(staff, seats, desk)
    return built


def find(page: Page, said: str) -> Person:
    page.goto(f"/admin/customers/?q={said}")
    return people_in_list(page)[0]


def first_link(page: Page, address: str, selector: str) -> str:
    page.goto(address)
    return page.locator(selector).first.get_attribute("href") or ""


def own_order(seats: Seats) -> str:
    page = seats.browsers.open(cookies=seats.of("customer"))
    return first_link(page, "/account/", "td.title a")


def add_details(page: Page, customer: Person) -> tuple[str, str]:
    """A long address and a long note; returns where each is edited."""
    page.goto(f"{customer.address}addresses/")
    for name in ("company", "street", "city"):
        page.locator(f"main [name={name}]").fill(LONG_NAME[:90])
    page.locator("main [name=city]").press("Enter")
    expect(page.locator("#addresses .plainlist")).to_be_visible()
    page.goto(customer.address)
    page.locator("#new-note").fill(f"{LONG_NAME}\n\n{'Donaudampfschiff' * 12}")
    page.locator("#timeline form.compose button").click()
    note = page.locator("#timeline a[href*='/notes/']").first.get_attribute("href") or ""
    address = page.locator("#addresses .plainlist a").first.get_attribute("href") or ""
    return address, note


def disabled_customer(page: Page) -> str:
    customer = add_customer(page, "Klaus Kater")
    page.locator("form[action$='/disabling/']").evaluate("form => form.requestSubmit()")
    expect(page.locator("header.head .badge.bad")).to_be_visible()
    return customer.address


def held_customer(page: Page) -> tuple[str, str]:
    """On hold for a long reason; returns as well where that is lifted."""
    customer = add_customer(page, "Hanna Halt")
    page.goto(f"{customer.address}holds/")
    page.locator("main [name=note]").fill(f"{LONG_NAME} {'Donaudampfschiff' * 8}")
    page.locator("main [name=note]").press("Enter")
    lifting = page.locator("a[href$='/lifting/']")
    expect(lifting).to_be_visible()
    return customer.address, lifting.get_attribute("href") or ""


def two_resets(page: Page, desk: Desk, customer: Person) -> tuple[str, str]:
    """A link that was withdrawn, and a later one that nobody has used."""
    page.goto(customer.address)
    known = len(desk.mails_to(customer.email))
    send_link(page)
    withdrawn = link_in(desk.next_mail_to(customer.email, known=known))
    page.locator("#reset_panel form[action$='/withdrawal/'] button").click()
    expect(page.locator("#reset_panel form[action$='/withdrawal/']")).to_have_count(0)
    send_link(page)
    return withdrawn, link_in(desk.next_mail_to(customer.email, known=known + 1))


def alarm(staff: Page, seats: Seats, desk: Desk) -> str:
    """The link in the notice to somebody whose password was changed."""
    customer = add_customer(staff, "Alma Alarm")
    page = seats.browsers.open()
    page.goto(invited(staff, desk, customer))
    choose_password(page)
    page.wait_for_url("**/account/login/")
    sign_in_as_customer(page, customer.email, PASSWORD)
    change_own_password(page, PASSWORD, f"{PASSWORD}-2")
    return alarm_for(desk, customer.email)


def invited(page: Page, desk: Desk, customer: Person) -> str:
    page.goto(customer.address)
    send_link(page)
    return link_in(desk.next_mail_to(customer.email, known=0))


def registered(page: Page, desk: Desk) -> str:
    email = new_address("wanda")
    page.goto("/account/register/")
    page.locator("[name=first_name]").fill("Wanda")
    page.locator("[name=email]").fill(email)
    page.locator("[name=email]").press("Enter")
    return link_in(desk.next_mail_to(email, known=0))


def newcomer(staff: Page, seats: Seats, desk: Desk) -> list[Any]:
    """The session of a customer who has not ordered anything yet."""
    customer = add_customer(staff, "Neele Neu")
    page = seats.browsers.open()
    page.goto(invited(staff, desk, customer))
    choose_password(page)
    page.wait_for_url("**/account/login/")
    sign_in_as_customer(page, customer.email, PASSWORD)
    return list(page.context.cookies())


def checked_import(page: Page) -> str:
    """An import with a row to bring in and a row to refuse, checked and not started."""
    page.goto("/admin/customers/imports/")
    file = {"name": "customers_export.csv", "mimeType": "text/csv", "buffer": IMPORT.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # one file
    page.locator("form[enctype] button").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    expect(page.locator("form[action$='/start/']")).to_be_visible()
    return page.url


def tagged_customers(page: Page) -> str:
    """A bulk change of two customers, done."""
    page.goto("/admin/customers/")
    for row in (0, 1):
        page.locator("tbody .pick .check").nth(row).check()
    page.locator(".bulk button[value=tag]").click()
    page.locator("#bulk_dialog [name=tag]").fill("Sommerfest")
    page.locator("#bulk_dialog [name=tag]").press("Enter")
    page.wait_for_url(re.compile(r"/bulk-changes/\d+/$"))
    expect(page.locator("a[href$='/undoing/']")).to_be_visible()
    return page.url


def careful_colleague(staff: Page, seats: Seats, desk: Desk) -> tuple[str, str]:
    """Somebody who signs in with two steps; their session is kept as "careful"."""
    email = invite_colleague(staff, desk, role="agent")
    page = seats.browsers.open()
    sign_in_at_desk(page, *take_seat(page, desk, email))
    page.goto("/admin/profile/second-factor/")
    secret = page.locator("main code").inner_text()
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("[name=current]").fill(PASSWORD)
    page.locator("[name=current]").press("Enter")
    expect(page.locator("[name=code]")).to_have_count(0)
    seats.cookies["careful"] = list(page.context.cookies())
    return email, PASSWORD


def code_of(secret: str) -> str:
    """The six digits that an app on the phone would show now (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret), moment, "sha1")
    start = mac[-1] & 15
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
