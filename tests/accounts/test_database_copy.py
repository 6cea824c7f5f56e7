"""Whoever takes a copy of the database away finds nothing in it that opens an account."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import connection
from django.test import Client

from accounts import second_factor
from accounts.models import ResetRequest, User
from shopdesk.backup.tables import TABLES
from tests.accounts.conftest import link_in
from tests.factories.accounts import PASSWORD
from tests.factories.customers import CustomerFactory
from tests.unpacking import readable

if TYPE_CHECKING:
    from customers.models import Customer

NEWCOMER = "nora@example.de"


@dataclass
class Opened:
    """What opens something, by what it is: cookies, and the tokens of links that wait."""

    secrets: dict[str, str]

    def note(self, what: str, secret: str) -> None:
        assert len(secret) > 5, what
        self.secrets[what] = secret

    def note_cookies(self, who: str, browser: Client) -> None:
        for name, morsel in browser.cookies.items():
            self.note(f"{who}: {name}", morsel.value)

    def note_link(self, what: str, mail: Any) -> str:
        path = link_in(mail)
        token = path.rstrip("/").rsplit("/", 1)[1]
        self.note(what, token)
        self.note(f"{what}, signature", token.partition(".")[2])
        return path


@pytest.fixture
def opened(customer: Customer, agent: User, owner: User, lead: User, worker: Any) -> dict[str, str]:
    """Everybody is in the middle of something."""
    known = Opened({})
    sign_people_in(known, customer, lead, owner)
    follow_links(known, agent, worker)
    return known.secrets


def sign_people_in(known: Opened, customer: Customer, lead: User, owner: User) -> None:
    at_the_shop, at_the_desk, half_way = Client(), Client(), Client()
    typed = {"email": customer.user.email, "password": PASSWORD}
    assert at_the_shop.post("/account/login/", typed).url == "/account/"
    known.note_cookies("customer", at_the_shop)

    secret = generate_totp_secret()
    known.note("second factor", secret)
    for number, spare in enumerate(second_factor.switch_on(owner, secret)):
        known.note(f"recovery code {number}", spare)
    for browser in (at_the_desk, half_way):
        typed = {"email": owner.email or "", "password": PASSWORD}
        assert browser.post("/admin/login/", typed).url == "/admin/login/code/"
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert at_the_desk.post("/admin/login/code/", {"code": code}).status_code == 302
    known.note_cookies("owner", at_the_desk)
    known.note_cookies("between password and code", half_way)


def follow_links(known: Opened, agent: User, worker: Any) -> None:
    """Each kind of link is mailed and followed, and not used yet."""
    forgetful = CustomerFactory(email="forgetful@example.de", account=True)
    invited = CustomerFactory(email="invited@example.de")
    for customer in (forgetful, invited):
        ResetRequest.start(customer, by=agent)
    door = Client()
    door.post("/admin/recover/", {"email": agent.email})
    door.post("/account/register/", {"email": NEWCOMER})
    for number, mail in enumerate(worker()):
        path = known.note_link(f"link {number} {mail.subject}", mail)
        follower = Client()
        assert follower.get(path).status_code == 302
        known.note_cookies(f"follower {number}", follower)


def everything() -> dict[str, str]:
    """Each table as text, all columns, with what is packed into them."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        texts = {}
        for name in names:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t')
            texts[name] = "\n".join(readable(row.encode()) for (row,) in cursor.fetchall())
    return texts


def test_no_column_of_no_table_holds_what_opens_something(opened: dict[str, str]) -> None:
    assert len([what for what in opened if what.startswith("link")]) == 8
    assert len([what for what in opened if "shop_" in what or "desk_" in what]) >= 7
    tables = everything()
    found = {
        (table, what)
        for table, text in tables.items()
        for what, secret in opened.items()
        if secret in text
    }
    assert found == set()


def test_the_search_would_find_them(opened: dict[str, str]) -> None:
    """What stands in the tables in the clear, or packed, is found."""
    tables = everything()
    assert NEWCOMER in tables["accounts_registration"]
    assert "_auth_user_hash" in tables["accounts_session"]
    assert "accounts.resetrequest" in tables["accounts_session"]


def test_what_stands_there_opens_nothing_as_a_cookie(opened: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key, door FROM accounts_session")
        rows = cursor.fetchall()
    assert len(rows) >= 7
    for key, door in rows:
        thief = Client()
        thief.cookies[f"{door}_8000"] = key
        pages = ("/account/", "/account/reset/", "/account/activate/", "/account/confirm/")
        answers = {page: thief.get(page).status_code for page in pages}
        assert answers == {page: 302 if page == "/account/" else 404 for page in pages}
        assert thief.get("/admin/").status_code == 302
        assert thief.get("/admin/link/").status_code == 404
