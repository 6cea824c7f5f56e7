"""What a healthy demo never shows: an empty shop, what failed, what runs, and every failure's page.

The pages are the project's own, asked for as in any test and shown in a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from core.failures import csrf_failure, failure
from customers.importing import problems
from customers.importing.models import Import
from customers.models import Customer, Note
from events.log import record
from events.models import Delivery
from tests.browser.answers import ADDRESS, fulfill_static
from tests.browser.conftest import Browsers, Desk
from tests.browser.looking import scrolls_sideways, shoot
from tests.browser.looks import LOOKS, defects
from tests.customers.headers import CURRENT
from tests.customers.import_files import checked, imported, many, table
from tests.customers.mapped_files import said, waiting
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory
from tests.factories.orders import place

pytestmark = pytest.mark.django_db

OpenPage = Callable[..., Page]
BROKEN = {"First Name": "Nobody", "Email": "this is no address"}
LANGUAGES = pytest.mark.parametrize("language", sorted(LOOKS))


def show(page: Page, path: str, ask: Callable[[str], HttpResponse]) -> None:
    """Go to a page that is answered by `ask`, and so are its style and pictures."""
    here = copy_context()  # the test's own connection, in whose transaction its rows are

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            fulfill_static(route, parts.path)
            return
        said = here.run(ask, f"{parts.path}?{parts.query}")
        route.fulfill(status=said.status_code, headers=dict(said.items()), body=said.content)

    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}{path}")


def client_of(user: User, language: str) -> Client:
    client = sign_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return client


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    browsers = Browsers(browser, Desk(ADDRESS, Path()))
    yield browsers.open
    browsers.close()
    assert browsers.complaints == []


@LANGUAGES
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("home", "/admin/"),
        ("customers", "/admin/customers/"),
        ("orders", "/admin/orders/"),
        ("products", "/admin/products/"),
        ("imports", "/admin/customers/imports/"),
        ("search", "/admin/search/?q=jana"),
    ],
)
def test_a_shop_on_its_first_day(
    open_page: OpenPage, owner: User, name: str, path: str, language: str
) -> None:
    page = open_page(language=language)
    show(page, path, client_of(owner, language).get)  # type: ignore[arg-type]  # a response
    assert defects(page, f"first-day-{name}", language) == []


def failed_mails(*, by: User) -> str:
    """Refused by the server, given up after a day without one, and too late to be tried again."""
    failed = {"failed_at": timezone.now(), "failure": "refused", "answer": "550"}
    MailFactory(to="jana.mueller@example.de", **failed)
    MailFactory(to=f"{'sehr-' * 9}lange.adresse@example.de", **failed | {"failure": "expired"})
    MailFactory(to="oguz@example.de", expires_at=timezone.now(), **failed)
    return "/admin/mails/"


def failed_deliveries(*, by: User) -> str:
    customer = Customer.objects.create(first_name="Jana")
    for name in ("customer.created", "customer.changed"):
        event = record(name, customer, by=by, about=[customer])
        Delivery.objects.get_or_create(event=event, handler="tests.handlers.that_fails")
    Delivery.objects.update(given_up_at=timezone.now(), attempts=12, last_error="KeyError")
    return "/admin/deliveries/"


def dry_run(*, by: User) -> str:
    """With rows that change people, and columns that nobody takes."""
    imported(table(*many(3), layout=CURRENT), by=by)
    moved = [{**row, "First Name": "Johanna", "Phone": "+4940555012"} for row in many(3)]
    layout = [*CURRENT, "Shoe size"]
    one = checked(table(*moved, {"First Name": "Neu"}, BROKEN, layout=layout), by=by)
    return f"/admin/customers/imports/{one.pk}/"


UNTIDY = (
    "Anrede;Vor- und Zuname;Mailadresse;Straße + Nr;PLZ/Ort;Fon;Handy;Rubrik;Kundennr.;Spalte X\n"
    "Frau;Jana Moor;jana@example.de;Hauptstr. 5;1067 Dresden;0351 555010;;A;K-1;0170 5550124\n"
    "Herr;Ben Moor;ben@example.de;Hauptstr. 5;68159 Mannheim;0351 555010;;B;K-2;0170 5550123\n"
)


def unknown_table(*, by: User) -> str:
    one = waiting(UNTIDY.replace("Fon;Handy", "F;H"), by=by)
    return f"/admin/customers/imports/{one.pk}/"


def known_table(*, by: User) -> str:
    said(waiting(UNTIDY, by=by))
    return f"/admin/customers/imports/{waiting(UNTIDY, by=by).pk}/"


def plain_list(*, by: User) -> str:
    one = waiting("jana@example.de\nben@example.de\n", by=by)
    return f"/admin/customers/imports/{one.pk}/"


def checked_table(*, by: User) -> str:
    one = said(waiting(f"{UNTIDY}Herr;X;keine\n;Y;a@b.de;;;;;;;\n", by=by))
    return f"/admin/customers/imports/{one.pk}/"


def changed_table(*, by: User) -> str:
    one = said(waiting(UNTIDY, by=by))
    one.change_columns(by=by)
    return f"/admin/customers/imports/{one.pk}/"


def broken_import(*, by: User) -> str:
    one = checked(table(*many(2), layout=CURRENT), by=by)
    one.start(by=by, in_worker=False)
    one.fail(problems.FileRefused(problems.BROKEN))
    return f"/admin/customers/imports/{one.pk}/"


def refused_import(*, by: User) -> str:
    """A file that is none was seen as such only in a worker, after it had been taken in."""
    one = checked(table(*many(2), layout=CURRENT), by=by)
    Import.objects.filter(pk=one.pk).update(checked_at=None)
    one.refresh_from_db()
    one.fail(problems.FileRefused("long_line", line=7))
    return f"/admin/customers/imports/{one.pk}/"


def running_import(*, by: User) -> str:
    one = checked(table(*many(12), BROKEN, layout=CURRENT), by=by)
    one.start(by=by, in_worker=False)
    return f"/admin/customers/imports/{one.pk}/"


def finished_import(*, by: User) -> str:
    one = imported(table(*many(12), BROKEN, layout=CURRENT), by=by)
    return f"/admin/customers/imports/{one.pk}/"


def cancelled_import(*, by: User) -> str:
    one = checked(table(*many(2), layout=CURRENT), by=by)
    one.cancel(by=by)
    return f"/admin/customers/imports/{one.pk}/"


def earlier_imports(*, by: User) -> str:
    for make in (running_import, finished_import, cancelled_import):
        make(by=by)
    assert Import.objects.count() == 3
    return "/admin/customers/imports/"


def filtered_orders(*, by: User) -> str:
    for _ in range(3):
        place(customer=Customer.objects.create(first_name="Jana"), financial_status="paid")
    return "/admin/orders/?money=paid"


STATES = [
    unknown_table, known_table, plain_list, checked_table, changed_table,
    failed_mails, failed_deliveries, dry_run, refused_import, broken_import, running_import,
    finished_import, cancelled_import, earlier_imports, filtered_orders,
]  # fmt: skip


@LANGUAGES
@pytest.mark.parametrize("state", STATES, ids=[one.__name__ for one in STATES])
def test_what_seldom_happens(
    open_page: OpenPage, owner: User, state: Callable[..., str], language: str
) -> None:
    page = open_page(language=language)
    show(page, state(by=owner), client_of(owner, language).get)  # type: ignore[arg-type]  # a response
    assert defects(page, state.__name__.replace("_", "-"), language) == []


def printed_customer(*, by: User) -> str:
    customer = CustomerFactory(first_name="Jana", last_name="Müller", note="Pays by invoice.")
    customer.add_address(by=by, street="Eppendorfer Weg 12", city="Hamburg", country="DE")
    customer.tag_all(["VIP", "Espresso-Club"], by=by)
    place(customer=customer)
    Note.write(customer, by=by, text="Called at noon.")
    return f"/admin/customers/{customer.pk}/"


def printed_order(*, by: User) -> str:
    return f"/admin/orders/{place(customer=CustomerFactory()).pk}/"


def printed_list(*, by: User) -> str:
    place(customer=CustomerFactory())
    return "/admin/customers/?account=none&sort=name"


# What is pressed, typed into or followed is of no use on paper.
FOR_THE_SCREEN = (
    "button, input, textarea, select, summary, .top, .nav, [data-edit], .card > header a"
)
PRINTED = [printed_customer, printed_order, printed_list]


@pytest.mark.parametrize("make", PRINTED, ids=[one.__name__ for one in PRINTED])
def test_what_is_printed(open_page: OpenPage, owner: User, make: Callable[..., str]) -> None:
    page = open_page()
    show(page, make(by=owner), client_of(owner, "en").get)  # type: ignore[arg-type]  # a response
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1020})  # A4 less its margins
    shoot(page, make.__name__.replace("_", "-"))
    assert page.locator(f":is({FOR_THE_SCREEN}):visible").count() == 0
    assert not scrolls_sideways(page)
    expect(page.locator("h1")).to_be_visible()


@LANGUAGES
@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_failures_page(
    open_page: OpenPage, rf: RequestFactory, status: int, language: str
) -> None:
    page = open_page(language=language)
    show(page, "/", lambda path: failure(rf.get(path, headers=accepts(language)), status))
    assert defects(page, f"failure-{status}", language) == []


@LANGUAGES
@pytest.mark.parametrize("name", ["429-own", "429-look-ups"])
def test_the_page_for_who_asks_for_much(
    open_page: OpenPage, rf: RequestFactory, name: str, language: str
) -> None:
    def ask(path: str) -> HttpResponse:
        request = rf.get(path, headers=accepts(language))
        template = f"{name.replace('-', '_')}.html"
        return failure(request, 429, template=template, minutes=40)

    page = open_page(language=language)
    show(page, "/admin/", ask)
    assert defects(page, f"failure-{name}", language) == []


@LANGUAGES
def test_the_page_for_a_form_that_was_open_too_long(
    open_page: OpenPage, rf: RequestFactory, language: str
) -> None:
    page = open_page(language=language)
    show(page, "/", lambda path: csrf_failure(rf.get(path, headers=accepts(language))))
    assert defects(page, "failure-csrf", language) == []


def accepts(language: str) -> dict[str, str]:
    return {"Accept-Language": language}
