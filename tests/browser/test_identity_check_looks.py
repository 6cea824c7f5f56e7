"""The page of an identity check in each of its states, in both languages and by day and night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from accounts.models import Hold, HoldReason, IdentityCheck, SpokenCode, User
from accounts.spoken_places import CALL_BACK, MAILED_CODE, places_of
from customers.models import Customer
from tests.accounts.conftest import work
from tests.browser.answers import ADDRESS
from tests.browser.conftest import Browsers, Desk
from tests.browser.looks import LOOKS, defects
from tests.browser.test_rare_pages import client_of, show
from tests.factories.checks import kind, known_for_long, match, miss, passed_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    browsers = Browsers(browser, Desk(ADDRESS, Path()))
    yield browsers.open
    browsers.close()
    # Nobody answers the page's own questions once it has been looked at.
    assert [one for one in browsers.complaints if "htmx:sendError" not in one] == []


def with_codes(jana: Customer, owner: User) -> IdentityCheck:
    """One was mailed to one of two mailboxes, the other is read out; somebody has missed."""
    check = IdentityCheck.begin(jana, by=owner)
    jana.add_phone("+49 171 2345678", by=owner)
    jana.identities.filter(kind="phone").update(added_at=None)
    miss(check, "last_order", by=owner)
    match(check, "shipping_address", by=owner)
    for name in (MAILED_CODE, CALL_BACK):
        place = places_of(name, jana)[0]
        SpokenCode.start(check, kind(name), place, by=owner, network="")
    work()
    return check


def kept_waiting(jana: Customer, owner: User) -> IdentityCheck:
    check = IdentityCheck.begin(jana, by=owner)
    for _ in range(3):
        miss(check, "stored_phone", by=owner)
    return check


def failed(jana: Customer, owner: User) -> IdentityCheck:
    check = kept_waiting(jana, owner)
    for _ in range(2):
        miss(check, "last_order", by=owner)
    return check


def vouched(jana: Customer, owner: User) -> IdentityCheck:
    check = IdentityCheck.begin(jana, by=owner)
    word = {"because": "My neighbour of twenty years, at the counter this morning, with her mother"}
    check.try_proof(kind("owner_vouches"), word, by=owner)
    return check


def passed_on_hold(jana: Customer, owner: User) -> IdentityCheck:
    Hold.put_on(jana, by=owner, reason=HoldReason.STAFF)
    return passed_check(jana, by=owner)


def voided(jana: Customer, owner: User) -> IdentityCheck:
    check = vouched(jana, owner)
    Hold.put_on(jana, by=owner, reason=HoldReason.STAFF)
    return check


STATES = [with_codes, kept_waiting, failed, vouched, passed_on_hold, voided]


@pytest.mark.parametrize("language", sorted(LOOKS))
@pytest.mark.parametrize("state", STATES, ids=[one.__name__ for one in STATES])
def test_a_check(
    open_page: Callable[..., Page],
    owner: User,
    customer: Customer,
    state: Callable[[Customer, User], IdentityCheck],
    language: str,
) -> None:
    check = state(known_for_long(customer), owner)
    page = open_page(language=language)
    path = f"/admin/customers/{customer.pk}/identity-checks/{check.pk}/"
    show(page, path, client_of(owner, language).get)  # type: ignore[arg-type]  # a response
    name = f"identity-check-{state.__name__.replace('_', '-')}"
    assert defects(page, name, language) == []
