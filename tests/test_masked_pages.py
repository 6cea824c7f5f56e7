"""For whom contact details and orders are masked: no page of the desk tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from shopdesk.masked_pages import MASKING, PLAIN
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check
from tests.masked import (
    CITY,
    EMAIL,
    LETTER,
    NUMBER,
    PARCEL,
    REMARK,
    SECRETS,
    STREET,
    mask_for,
    secretive,
    secrets_in,
)
from tests.test_every_page import Page, behind_a_door, pages
from tests.test_who_may_what import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer
    from tests.factories.world import Ids

pytestmark = pytest.mark.django_db
World = tuple["Customer", "dict[str, Ids]"]
# A made-up id of the request could hold the digits of a secret.
PLAIN_ID = {"X-Request-ID": "masked-pages"}
HTMX = {"HX-Request": "true"}
# They end the visit.
LEAVING = {"desk_logout", "desk_sessions_everywhere"}
OPEN = PLAIN | MASKING
# As if a colleague had set them meanwhile.
STALE_CONSENTS = {
    "email": "SUBSCRIBED", "email_seen": "UNSUBSCRIBED",
    "sms": "UNSUBSCRIBED", "sms_seen": "UNSUBSCRIBED",
}  # fmt: skip
REFUSED = "Contact details and orders are masked"


@pytest.fixture
def world(cast: dict[str, User]) -> World:
    return secretive(author=cast["lead"], colleague=cast["other_agent"])


def desk_pages() -> list[Page]:
    return [one for one in behind_a_door() if one.is_desk and one.name not in LEAVING]


def answers(browser: Client, url: str, pk: int) -> Iterator[HttpResponse]:
    """Looking and acting, with htmx and without; what was done is undone. And what a list says
    that is narrowed down to the customer."""
    ways: list[tuple[str, dict[str, int], dict[str, str]]] = [
        ("get", {"customer": pk}, {}),
        ("get", {}, {}),
        ("get", {}, HTMX),
        ("post", {}, {}),
        ("post", {}, HTMX),
    ]
    for method, asked, headers in ways:
        with transaction.atomic():
            yield getattr(browser, method)(url, asked, headers=headers | PLAIN_ID, follow=True)
            transaction.set_rollback(True)


def told(answer: Any) -> list[str]:
    """Secrets of what was answered, in its text or in what its headers have a script say."""
    text = answer.getvalue().decode(errors="replace") if answer.streaming else answer.text
    return secrets_in(text + str(dict(answer.headers)).encode().decode("unicode_escape"))


@pytest.mark.parametrize("who", ["lead", "agent", "reader"])
def test_no_page_tells_a_secret(cast: dict[str, User], world: World, who: str) -> None:
    """And what is not named as open is refused with words; who only reads, by their role too."""
    mask_for("lead", "agent", "read_only")
    browser, leaks, let_in, seen = sign_in(cast[who]), {}, {}, 0
    for page in desk_pages():
        for answer in answers(browser, address(page, world[1]), world[0].pk):
            seen += answer.status_code == 200
            if found := told(answer):
                leaks[page.name] = found
            by_role = who == "reader" and answer.status_code == 403
            if page.name not in OPEN and not (is_refused(answer) or by_role):
                let_in[page.name] = answer.status_code
    assert (leaks, let_in, seen > 50) == ({}, {}, True)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("customer_consents", STALE_CONSENTS, "Somebody else"),
        ("customer_note_add", {"text": "Rings back."}, "Rings back."),
        ("customer_note_add", {"text": " "}, "A note has between"),
        ("customer_note_edit", {"text": "Rings back."}, "Rings back."),
        ("customer_note_edit", {"text": " "}, "This field is required"),
        ("customer_tag_add", {"tag": "Rings back"}, "Rings back"),
        ("customer_tag_add", {"tag": "x" * 300}, "A tag has between"),
        ("hold_create", {"note": "Rings back."}, "The account is on hold."),
    ],
)
def test_nor_is_one_told_to_whoever_filled_in_a_form(
    lead: User, world: World, name: str, typed: dict[str, str], said: str, headers: dict[str, str]
) -> None:
    """The walk sends empty ones."""
    mask_for("lead")
    browser, asked = sign_in(lead), headers | PLAIN_ID
    [page] = [one for one in desk_pages() if one.name == name]
    answer = browser.post(address(page, world[1]), typed, headers=asked, follow=True)
    then = browser.get(f"/admin/customers/{world[0].pk}/", headers=PLAIN_ID)
    assert (told(answer), told(then)) == ([], [])
    assert said in answer.text + str(answer.headers) + then.text


def is_refused(answer: Any) -> bool:
    return answer.status_code == 403 and REFUSED in answer.text + str(answer.headers)


def test_they_would_be_seen(owner: User, world: World) -> None:
    """The same walk by somebody who sees everything meets every one of them."""
    browser, found = sign_in(owner), set()
    for page in desk_pages():
        found |= set(told(browser.get(address(page, world[1]))))
    assert set(SECRETS) - found == set()


def test_what_is_open_exists() -> None:
    assert OPEN - {page.name for page in pages()} == set()
    assert set() == PLAIN & MASKING


def test_after_a_passed_check_everything_is_there(agent: User, world: World) -> None:
    customer, ids = world
    mask_for("agent")
    passed_check(customer, by=agent)
    browser = sign_in(agent)
    page = browser.get(f"/admin/customers/{customer.pk}/").text
    assert {EMAIL, STREET, CITY, NUMBER, LETTER, REMARK} - set(secrets_in(page)) == set()
    order = browser.get(f"/admin/orders/{ids['admin/orders/']['pk']}/")
    assert {EMAIL, STREET, NUMBER, PARCEL} - set(secrets_in(order.text)) == set()
    assert NUMBER in browser.get("/admin/orders/").text
    for page_of in ("edit", "letters", "phone-help", "address-move"):
        assert browser.get(f"/admin/customers/{customer.pk}/{page_of}/").status_code == 200


def test_when_its_time_is_over_it_is_hidden_again(agent: User, world: World) -> None:
    customer, _ids = world
    mask_for("agent")
    passed_check(customer, by=agent, minutes_ago=61)
    assert told(sign_in(agent).get(f"/admin/customers/{customer.pk}/")) == []


@pytest.mark.parametrize("who", ["owner", "lead", "agent"])
def test_who_is_not_named_sees_everything(cast: dict[str, User], world: World, who: str) -> None:
    mask_for("read_only", *(["agent"] if who == "lead" else []))
    page = sign_in(cast[who]).get(f"/admin/customers/{world[0].pk}/").text
    assert {EMAIL, STREET, NUMBER} - set(secrets_in(page)) == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_form_of_contact_details_stays_shut_by_itself(
    agent: User, world: World, settings: Any, method: str
) -> None:
    """It draws the customer as they are, whatever stands before it."""
    mask_for("agent")
    mask = "shopdesk.masked_pages.MaskMiddleware"
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != mask]
    answer = getattr(sign_in(agent), method)(f"/admin/customers/{world[0].pk}/edit/")
    assert (answer.status_code, told(answer)) == (403, [])
