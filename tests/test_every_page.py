"""Every page there is, walked by everybody: who is let in, and that looking changes nothing."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, UUIDConverter

from core.views import PUBLIC_VIEWS
from events.timeline import timeline_words
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent

# All that answers without a sign-in, by name, so that nobody adds to it by accident.
PUBLIC = {
    # the desk's door
    "desk_login", "desk_code", "desk_recover", "desk_link", "desk_link_form", "desk_another_link",
    # the customers' door
    "account_login", "account_due_password", "account_register", "account_recover",
    "account_reset", "account_reset_form",
    "account_activate", "account_activate_form", "account_decline", "account_registration",
    "account_registration_form", "account_another_link", "account_verify", "account_feedback",
    "account_feedback_form",
    "account_move", "account_move_form", "account_undo", "account_undo_form",
    "account_alarm", "account_alarm_form",
    # the shop's look, and a choice of language
    "theme_css", "shop_logo", "language_choice",
    # machines
    "healthz", "readyz", "metrics", "mail_reports",
    # only where DEMO is on
    "demo_mail_list", "demo_mail_json", "demo_mail", "demo_mail_html",
}  # fmt: skip
GARBAGE = "1a.garbage"
CSP = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"}
# Rows that a visit may write: who is signed in and until when, and how often somebody tried.
OF_THE_DOOR = ("accounts_session", "accounts_throttle")
# A stranger's visit writes how often somebody tried a link, and no session.
OF_STRANGERS = ("accounts_throttle",)


class Page:
    """One entry of the URLconf, with an address made from the first ids there are."""

    def __init__(self, prefix: str, pattern: URLPattern) -> None:
        self.name = pattern.name or ""
        self.view: Callable[..., HttpResponse] = pattern.callback
        self.route = prefix + str(pattern.pattern)
        self.converters = pattern.pattern.converters

    @property
    def is_desk(self) -> bool:
        return self.route.startswith("admin/")

    def address(self, pk: int = 1) -> str:
        path = self.route
        for name, converter in self.converters.items():
            path = re.sub(rf"<(\w+:)?{name}>", _sample(converter, pk), path)
        return f"/{path}"


def _sample(converter: object, pk: int) -> str:
    if isinstance(converter, IntConverter):
        return str(pk)
    if isinstance(converter, UUIDConverter):
        return str(uuid.UUID(int=pk))
    return "garbage" if isinstance(converter, SlugConverter) else GARBAGE


@cache
def pages() -> list[Page]:
    return list(_walk("", get_resolver()))


def _walk(prefix: str, resolver: URLResolver) -> Iterator[Page]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(prefix + str(entry.pattern), entry)
        else:
            yield Page(prefix, entry)


def behind_a_door() -> list[Page]:
    return [page for page in pages() if getattr(page.view, "login_required", True)]


def test_there_are_pages_at_all() -> None:
    assert len(behind_a_door()) > 10


def test_what_needs_no_sign_in_is_named_here() -> None:
    open_pages = [page for page in pages() if page not in behind_a_door()]
    assert {page.name for page in open_pages} - PUBLIC == set()
    # Marked in the one way that reads as such, and not by Django's decorator alone.
    unmarked = {_qualified(page.view) for page in open_pages} - PUBLIC_VIEWS
    assert unmarked == set()


def _qualified(view: Callable[..., Any]) -> str:
    return f"{view.__module__}.{view.__qualname__}"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_strangers_are_led_to_the_right_door(stranger: Client, method: str) -> None:
    wrong = {}
    for page in behind_a_door():
        response = getattr(stranger, method)(page.address())
        login = "/admin/login/" if page.is_desk else "/account/login/"
        if (response.status_code, response.get("Location", "").partition("?")[0]) != (302, login):
            wrong[page.name] = response.status_code
    assert wrong == {}


def test_strangers_with_htmx_are_led_there_too(stranger: Client) -> None:
    wrong = [
        page.name
        for page in behind_a_door()
        if not stranger.get(page.address(), headers={"HX-Request": "true"}).get("HX-Redirect")
    ]
    assert wrong == []


def test_nobody_is_let_in_at_the_other_door(owner: User, customer: Customer) -> None:
    """Not even with the key of their own session in the other door's cookie."""
    let_in = []
    for person, is_desk in ((owner, False), (customer.user, True)):
        browser = sign_in(person)
        key = next(iter(browser.cookies.values())).value
        for door in ("desk", "shop"):
            browser.cookies[_cookie(door)] = key
        other_side = [page for page in behind_a_door() if page.is_desk is is_desk]
        let_in += [
            page.name for page in other_side if browser.get(page.address()).status_code != 302
        ]
    assert let_in == []


def _cookie(door: str) -> str:
    from accounts.sessions import cookie_name

    return cookie_name(door)


@contextmanager
def nothing_written(but: tuple[str, ...] = OF_THE_DOOR) -> Iterator[list[str]]:
    """Statements that change rows, but for those of the door itself."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.lstrip().upper()
        is_write = words.startswith(("INSERT", "UPDATE", "DELETE", "TRUNCATE"))
        if is_write and not any(table in sql for table in but):
            written.append(sql[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader", "customer", "stranger"])
def test_looking_changes_nothing_breaks_nothing_and_is_guarded(
    cast: dict[str, User], customer: Customer, stranger: Client, who: str
) -> None:
    browser = stranger if who == "stranger" else sign_in({**cast, "customer": customer.user}[who])
    broken, unguarded, changed = {}, [], {}
    for page in pages():
        with nothing_written(OF_STRANGERS if who == "stranger" else OF_THE_DOOR) as written:
            response = browser.get(page.address(customer.pk))
        if response.status_code >= 500 and page.name != "readyz":
            broken[page.name] = response.status_code
        policy = set(response.get("Content-Security-Policy", "").split("; "))
        if not policy >= CSP and not page.name.startswith("demo_mail"):
            unguarded.append(page.name)
        if written:
            changed[page.name] = written
    assert (broken, unguarded, changed) == ({}, [], {})


@pytest.mark.parametrize(
    "query",
    ["q=%25%5F%5C", "q=" + "x" * 9000, "cursor=garbage", "sort=garbage", "view=garbage", "page=-1",
     "tag=%F0%9F%98%80", "country=ZZZ", "spent_min=1e999", "orders_min=-99999999999999999999",
     "next=//evil.example"],
)  # fmt: skip
def test_no_question_breaks_a_page(owner: User, customer: Customer, query: str) -> None:
    desk, shop = sign_in(owner), sign_in(customer.user)
    broken = {}
    for page in pages():
        browser = desk if page.is_desk else shop
        for headers in ({}, {"HX-Request": "true"}):
            response = browser.get(f"{page.address(customer.pk)}?{query}", headers=headers)
            if response.status_code >= 500 and page.name != "readyz":
                broken[page.name] = response.status_code
    assert broken == {}


def test_no_empty_form_breaks_a_page(owner: User, customer: Customer) -> None:
    desk, shop = sign_in(owner), sign_in(customer.user)
    broken = {}
    for page in pages():
        if page.name in {"desk_logout", "account_logout"}:
            continue
        response = (desk if page.is_desk else shop).post(page.address(customer.pk))
        if response.status_code >= 500:
            broken[page.name] = response.status_code
    assert broken == {}


# What every role may do, since it is about themselves alone.
OWN = {
    "desk_logout", "profile", "desk_password", "desk_sessions", "desk_second_factor",
    "desk_second_factor_removal", "desk_recovery_codes", "mention_seen", "list_columns",
    "list_views", "desk_sessions_everywhere", "desk_session_removal",
}  # fmt: skip


def test_those_who_only_read_write_nothing(reader: User, customer: Customer) -> None:
    desk = sign_in(reader)
    changed = {}
    for page in behind_a_door():
        if page.is_desk and page.name not in OWN:
            with nothing_written() as written:
                response = desk.post(page.address(customer.pk))
            if written or response.status_code not in {403, 404, 405}:
                changed[page.name] = (response.status_code, written)
    assert changed == {}


# Told where they are looked for: at Settings › Team and in the profile, not on a customer's page.
OF_STAFF = ("user.", "staff_link.")
# Both move the account's state in the same transaction, and that event tells it.
TOLD_AS_STATE = {"reset_request.declined", "registration.redeemed"}


def test_what_happens_to_a_customer_is_told_on_the_timeline() -> None:
    recorded = {name for name in recorded_about_somebody() if not name.startswith(OF_STAFF)}
    assert recorded - set(timeline_words.names()) - TOLD_AS_STATE == set()


def recorded_about_somebody() -> set[str]:
    """Names of events that are recorded with `about=`, wherever that is."""
    names = set()
    for app in settings.INSTALLED_APPS:
        for path in (ROOT / app).rglob("*.py") if (ROOT / app).is_dir() else ():
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _is_record(node):
                    names.add(str(ast.literal_eval(node.args[0])))
                elif isinstance(node, ast.Call) and _is_told(node):
                    names.add(f"customer.{ast.literal_eval(node.args[0])}")
    return names


def _is_record(call: ast.Call) -> bool:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    has_about = any(keyword.arg == "about" for keyword in call.keywords)
    is_record = (name == "record" and has_about) or name == "record_many"
    return is_record and isinstance(call.args[0], ast.Constant)


def _is_told(call: ast.Call) -> bool:
    """A customer's own verbs: `tell("tagged", by=by)` records "customer.tagged" about them."""
    is_constant = bool(call.args) and isinstance(call.args[0], ast.Constant)
    by_name = any(keyword.arg == "by" for keyword in call.keywords)
    return getattr(call.func, "attr", "") == "tell" and is_constant and by_name
