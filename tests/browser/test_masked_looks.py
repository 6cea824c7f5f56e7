"""The desk of somebody for whom contact details and orders are masked, in all its looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.answers import ADDRESS
from tests.browser.conftest import Browsers, Desk
from tests.browser.looks import LOOKS, defects
from tests.browser.test_rare_pages import client_of, show
from tests.factories.checks import known_for_long
from tests.factories.customers import CustomerFactory
from tests.masked import mask_for, ordered

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
# A refusal is an answer that the browser's console tells of.
EXPECTED = ("htmx:sendError", "403")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    browsers = Browsers(browser, Desk(ADDRESS, Path()))
    yield browsers.open
    browsers.close()
    assert [one for one in browsers.complaints if not any(said in one for said in EXPECTED)] == []


@pytest.fixture
def jana(customer: Customer) -> Customer:
    known_for_long(customer)
    ordered(customer)
    CustomerFactory(first_name="", last_name="", email="nobody@nameless.example")
    return customer


@pytest.mark.parametrize("language", sorted(LOOKS))
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("home", "/admin/"),
        ("customers", "/admin/customers/"),
        ("customer", "/admin/customers/{pk}/"),
        ("orders", "/admin/orders/"),
        ("refused", "/admin/customers/{pk}/edit/"),
        ("refused-for-good", "/admin/mails/"),
    ],
)
def test_a_masked_page(
    open_page: Callable[..., Page],
    agent: User,
    jana: Customer,
    name: str,
    path: str,
    language: str,
) -> None:
    mask_for("agent")
    page = open_page(language=language)
    ask: Any = client_of(agent, language).get
    show(page, path.format(pk=jana.pk), ask)
    assert defects(page, f"masked-{name}", language) == []


@pytest.mark.parametrize("language", sorted(LOOKS))
def test_the_rules(open_page: Callable[..., Page], owner: User, language: str) -> None:
    mask_for("agent", "read_only")
    page = open_page(language=language)
    ask: Any = client_of(owner, language).get
    show(page, "/admin/settings/customer-accounts/", ask)
    assert defects(page, "masked-rules", language) == []
