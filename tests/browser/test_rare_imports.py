"""What imports, stock and the desk's health show in states that a healthy demo seldom has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Customer
from events.log import record
from events.models import Delivery
from tests.browser.answers import ADDRESS
from tests.browser.conftest import Browsers, Desk
from tests.browser.looks import LOOKS, defects
from tests.browser.test_rare_pages import client_of, show
from tests.customers.headers import CURRENT
from tests.customers.import_files import checked, imported, many, table
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory
from tests.factories.products import LARGE, SMALL, mirrored
from tests.orders import import_files as orders

pytestmark = pytest.mark.django_db
IMPORTS = "/admin/customers/imports/"


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    browsers = Browsers(browser, Desk(ADDRESS, Path()))
    yield browsers.open
    browsers.close()
    assert browsers.complaints == []


def begun(by: User) -> Import:
    """Some of it is written, and it rests."""
    one = checked(table(*many(12), layout=CURRENT), by=by)
    one.start(by=by, in_worker=False)
    next(steps(one.pk))
    one.pause(by=by)
    return one


def paused_import(by: User) -> str:
    return f"{IMPORTS}{begun(by).pk}/"


def asked_before_cancelling(by: User) -> str:
    return f"{IMPORTS}{begun(by).pk}/cancellation/"


def asked_before_undoing(by: User) -> str:
    one = orders.imported(orders.table(orders.order(), orders.order(Name="#2", Email="b@c.de")))
    return f"{IMPORTS}{one.pk}/undoing/"


def undone_import(by: User) -> str:
    """With rows of every outcome that need a look."""
    imported(table({"Email": "jana@example.de"}), by=by)
    rows = [
        {"Email": "neu@example.de", "Total Spent": "lots"},
        {"Email": "jana@example.de", "First Name": "Jana", "Total Spent": "lots"},
        {"Email": "kim@example.de", "First Name": "Kim"},
        {"Email": "this is no address"},
    ]
    one = imported(table(*rows), by=by)
    Customer.objects.get(first_name="Kim").tag("VIP", by=by)
    one.undo(by=by, in_worker=False)
    work(one.pk)
    return f"{IMPORTS}{one.pk}/"


def checked_orders(by: User) -> str:
    """Of somebody known and of people who are new; parts of two stand apart."""
    CustomerFactory(email="jana@example.de")
    first, piece = orders.order(orders.MILL)
    others = [
        orders.order(Name=f"#{number}", Email=f"neu{number}@example.de") for number in range(1, 5)
    ]
    twice = [orders.order(Name="#77", Id=str(number)) for number in (7, 8)]
    stray = [{"Name": "#77", **orders.MILL}]
    rows = [[first], *others, [piece], *twice, orders.order(Name="#9", Email=""), stray]
    one = orders.checked(orders.table(*rows))
    return f"{IMPORTS}{one.pk}/"


def oversold_list(by: User) -> str:
    sizes = [
        replace(SMALL, stock=5),
        replace(LARGE, stock=-3),
        replace(LARGE, options=["5 kg"], sku="ESP-5000", stock=0),
    ]
    mirrored(variants=sizes)
    mirrored(title="Handmühle Feinschliff mit verstellbarem Mahlwerk", variants=sizes[1:])
    mirrored(title="Filterpapier", variants=[SMALL])
    return "/admin/products/"


def oversold_product(by: User) -> str:
    oversold_list(by)
    return f"/admin/products/{mirrored(variants=[SMALL, replace(LARGE, stock=-3)]).pk}/"


def health_in_trouble(by: User) -> str:
    """Nobody works in these tests, and more has failed."""
    customer = Customer.objects.create(first_name="Jana")
    for name in ("customer.created", "customer.changed"):
        event = record(name, customer, by=by, about=[customer])
        Delivery.objects.get_or_create(event=event, handler="accounts.send_reset_link")
    Delivery.objects.update(given_up_at=timezone.now(), attempts=12, last_error="KeyError")
    MailFactory(
        to="jana.mueller@example.de", failed_at=timezone.now(), failure="refused", answer="550"
    )
    imported(table(*many(2), layout=CURRENT), by=by)
    return "/admin/settings/health/"


STATES = [
    paused_import, asked_before_cancelling, asked_before_undoing, undone_import, checked_orders,
    oversold_list, oversold_product, health_in_trouble,
]  # fmt: skip


@pytest.mark.parametrize("language", sorted(LOOKS))
@pytest.mark.parametrize("state", STATES, ids=[one.__name__ for one in STATES])
def test_it_is_fit_to_be_seen(
    settings: object,
    open_page: Callable[..., Page],
    owner: User,
    state: Callable[[User], str],
    language: str,
) -> None:
    settings.IMPORT_CHUNK_ROWS = 5  # type: ignore[attr-defined]  # pytest-django's
    page = open_page(language=language)
    show(page, state(owner), client_of(owner, language).get)  # type: ignore[arg-type]  # a response
    assert defects(page, state.__name__.replace("_", "-"), language) == []


@pytest.mark.parametrize("state", [asked_before_cancelling, asked_before_undoing])
def test_on_the_page_that_asks_the_focus_is_on_the_safe_answer(
    open_page: Callable[..., Page], owner: User, state: Callable[[User], str]
) -> None:
    page = open_page()
    show(page, state(owner), client_of(owner, "en").get)  # type: ignore[arg-type]  # a response
    expect(page.locator("main form footer a.btn")).to_be_focused()
