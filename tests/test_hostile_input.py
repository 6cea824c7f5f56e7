"""Every page and every form of it, handed what no page should ever be handed."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.accounts import sign_in
from tests.test_every_page import Page, pages
from tests.test_who_may_what import address, world  # noqa: F401 -- a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
HUGE = "99999999999999999999"
BYTES = {
    "NUL": "%00",
    "10 kB": "x" * 10_000,
    "a lone surrogate": "%ED%A0%80",
    "invalid UTF-8": "%FF%FE%C3",
    "a huge number": HUGE,
    "a negative number": "-1",
    "not a number": "NaN",
}
NAMES = [
    "q", "view", "sort", "cursor", "before", "page", "seen", "next", "v", "toast", "tag", "country",
    "account", "subscription", "spent_min", "spent_max", "orders_min", "orders_max", "from", "to",
    "payment", "delivery",
]  # fmt: skip


@pytest.fixture
def people(cast: dict[str, User], customer: Customer) -> dict[bool, Client]:
    """Who sits where everything can be reached: at the desk, and at the shop."""
    return {True: sign_in(cast["owner"]), False: sign_in(customer.user)}


def broken(browser: Client, method: str, url: str, **sent: Any) -> bool:
    """Whether the server failed; what was done is undone."""
    with transaction.atomic():
        answer = getattr(browser, method)(url, **sent)
        transaction.set_rollback(True)
    return bool(answer.status_code >= 500)


@pytest.mark.parametrize("bad", BYTES)
def test_no_question_breaks_a_page(people: Any, world: Any, bad: str) -> None:  # noqa: F811
    query = "&".join(f"{name}={BYTES[bad]}" for name in NAMES)
    failed = [
        page.name
        for page in pages()
        if page.name != "readyz"
        and broken(people[page.is_desk], "get", f"{address(page, world)}?{query}")
    ]
    assert failed == []


@pytest.mark.parametrize("bad", ["a huge number", "not a number"])
def test_no_part_of_a_question_breaks_a_list(people: Any, world: Any, bad: str) -> None:  # noqa: F811
    """One after the other: the first that is refused may keep the others from being read."""
    lists = [page for page in pages() if page.name.endswith(("_list", "timeline", "search"))]
    failed = [
        (page.name, name)
        for page in lists
        for name in NAMES
        if broken(people[True], "get", f"{address(page, world)}?{name}={BYTES[bad]}")
    ]
    assert (failed, len(lists) > 5) == ([], True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("pk", ["0", HUGE, str(2**63), "1" * 400])
def test_no_number_breaks_a_page(people: Any, pk: str, method: str) -> None:
    """What nobody can have is not found; the form of it is never shown."""
    wrong = {}
    for page in pages():
        if page.converters and page.is_desk:
            url = page.address().replace("/1/", f"/{pk}/")
            answer = getattr(people[True], method)(url)
            if answer.status_code not in {302, 404, 405}:
                wrong[page.name] = answer.status_code
    assert wrong == {}


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


FORGED = [
    [], {}, None, [0], [0, 1], [2, 1, 1], [0, HUGE, HUGE], [0, "\0", "\0"], [0, "\ud800", 1],
    [1, "2026-01-01", 1], [0, "9999999-01-01T00:00:00+00:00", 1], [0, [1], {"a": 1}], [0, "x", "x"],
    [0, "2026-01-01T00:00:00+00:00", 10**40], [0, 1e400, 1], [True, None, None], [0, -1, -1],
]  # fmt: skip


@pytest.mark.parametrize("value", FORGED, ids=repr)
def test_no_forged_cursor_breaks_a_list(people: Any, world: Any, value: Any) -> None:  # noqa: F811
    failed = [
        (page.name, name)
        for page in pages()
        if page.name.endswith(("_list", "timeline"))
        for name in ("cursor", "before")
        for sort in ("", "&sort=spent", "&sort=-name")
        if broken(people[True], "get", f"{address(page, world)}?{name}={forged(value)}{sort}")
    ]
    assert failed == []


class Forms(HTMLParser):
    """The forms of a page: where they lead, and what they would send as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag == "form" and attributes.get("method", "").lower() == "post":
            self.found.append((attributes.get("action", ""), {}))
        elif self.found and tag in {"input", "textarea", "select"} and attributes.get("name"):
            self.found[-1][1].setdefault(attributes["name"], attributes.get("value", ""))
            self._select = attributes["name"] if tag == "select" else ""
        elif self.found and tag == "option" and self._select and "selected" in attributes:
            self.found[-1][1][self._select] = attributes.get("value", "")


def seated(like: Client | None) -> Client:
    """A browser of its own for each try: some of them sign out."""
    browser = Client(headers={"Accept-Language": "en"})
    browser.cookies.update(like.cookies if like else {})
    return browser


def forms(browser: Client, page: Page, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    answer = browser.get(url)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return
    reader = Forms()
    reader.feed(answer.content.decode())
    yield from ((action or url, fields) for action, fields in reader.found)


NUL = "a\0b"
ALL_AT_ONCE: list[Any] = ["x" * 10_000, HUGE, "-1", NUL, b"a\xed\xa0\x80b"]


def tries(fields: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The form as it stands on its page with one field after the other spoilt, then all of them."""
    for name in fields:
        yield {**fields, name: NUL}
    yield from (dict.fromkeys(fields, spoilt) for spoilt in ALL_AT_ONCE)


@pytest.mark.parametrize("who", ["owner", "customer", "stranger"])
def test_no_field_of_any_form_breaks_it(
    people: dict[bool, Client],
    world: Any,  # noqa: F811
    who: str,
) -> None:
    browser = {"owner": people[True], "customer": people[False]}.get(who)
    seen, failed = set(), []
    for page in pages():
        if who == "owner" and not page.is_desk:
            continue
        for action, fields in forms(seated(browser), page, address(page, world)):
            fields.pop("csrfmiddlewaretoken", "")
            if (action, *fields) not in seen:
                seen.add((action, *fields))
                failed += [
                    (action, sent)
                    for sent in tries(fields)
                    if broken(seated(browser), "post", action, data=sent)
                ]
    assert failed == []
    assert len(seen) >= {"owner": 25, "customer": 3, "stranger": 5}[who]
