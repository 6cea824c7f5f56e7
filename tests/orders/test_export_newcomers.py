"""The dry run of orders says how many customers it would create, and how many get orders."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Customer
from orders.importing.kind import OrdersKind
from orders.importing.models import StagedBuyer
from orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.orders.import_files import checked, imported, order, table

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
NO_PHONE = {"Billing_Phone": "", "Shipping_Phone": ""}
Rows = list[list[dict[str, str]]]


def people(one: Import) -> tuple[int | None, int | None]:
    return one.newcomers_count, one.joined_count


def by_email(name: str, email: str, phone: str = "") -> list[dict[str, str]]:
    return order(Name=name, Email=email, Billing_Phone=phone, Shipping_Phone=phone)


@pytest.fixture
def some() -> Rows:
    """Three who are new, two of them with several orders, and one who is known by two of hers."""
    jana = CustomerFactory(email="jana@example.de")
    jana.add_email("jana@firma.example", by=None)
    return [
        by_email("#1", "neu@example.de", "040 1"),
        by_email("#2", "jana@example.de"),
        by_email("#3", "NEU@example.de"),
        by_email("#4", "jana@firma.example"),
        by_email("#5", "other@example.de"),
        by_email("#6", "", "+49 40 555777"),
        by_email("#7", "", "040 555777"),
        by_email("#8", "", ""),
    ]


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_each_is_counted_once_and_the_import_does_as_it_was_said(
    settings: Any, some: Rows, chunk: int
) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    before = Customer.objects.count()
    one = checked(table(*some))
    assert people(one) == (3, 1)
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert Customer.objects.count() - before == 3
    assert not StagedBuyer.objects.exists()


@pytest.mark.parametrize("chunk", [1, 100])
@pytest.mark.parametrize("turn", [1, -1])
def test_who_gives_no_address_is_met_by_a_newcomers_phone(
    settings: Any, chunk: int, turn: int
) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    rows = [by_email("#1", "neu@example.de", "040 555777"), by_email("#2", "", "040 555777")][
        ::turn
    ]
    one = checked(table(*rows))
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert people(one)[0] == Customer.objects.count()


def test_orders_that_are_known_bring_nobody(some: Rows) -> None:
    imported(table(*some))
    assert people(checked(table(*some))) == (0, 0)
    changed = [order(Name="#1", Email="neu@example.de", Notes="new"), by_email("#9", "a@b.de")]
    assert people(checked(table(*changed))) == (1, 0)


def test_rows_that_are_left_out_bring_nobody() -> None:
    assert people(
        checked(table(order(Total="x"), order(Name="#2", Email="nowhere", **NO_PHONE)))
    ) == (
        0,
        0,
    )


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(desk: Client, one: Import) -> str:
    return desk.get(f"/admin/customers/imports/{one.pk}/").text


def test_the_page_says_so(desk: Client, some: Rows) -> None:
    shown = page(desk, checked(table(*some[:5])))
    assert "With these orders 2 customers are created." in shown
    assert "Of those who are here already, 1 gets orders." in shown


def test_the_page_says_so_until_it_is_started(desk: Client, some: Rows) -> None:
    one = checked(table(*some))
    assert "With these orders 3 customers are created." in page(desk, one)
    one.start(by=None, in_worker=False)
    assert "With these orders" not in page(desk, one)


def test_nothing_is_said_where_nobody_comes(desk: Client) -> None:
    assert "With these orders" not in page(desk, checked(table(by_email("#1", ""))))


def test_the_command_says_so_too(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(table(by_email("#1", "neu@example.de")))
    said = io.StringIO()
    call_command("import_orders", str(path), "--dry-run", stdout=said)
    assert "With these orders 1 customer is created." in said.getvalue().splitlines()
    assert not Order.objects.exists()


def test_a_dry_run_that_begins_anew_counts_anew(settings: Any, some: Rows) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    stream = io.BytesIO(table(*some))
    one = Import.upload(stream, name="orders.csv", by=None, in_worker=False)
    stages = steps(one.pk)
    while next(stages) != "checking":
        pass
    stages.close()
    one.staged.all().delete()
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, people(one)) == ("checked", (3, 1))


def test_an_import_that_is_called_off_forgets_them(some: Rows, lead: User) -> None:
    one = checked(table(*some))
    assert StagedBuyer.objects.exists()
    one.cancel(by=lead)
    work(one.pk)
    assert not StagedBuyer.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_orders() -> None:
    def statements(first: int, count: int) -> int:
        rows = [
            by_email(f"#{number}", f"p{number}@example.de")
            for number in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            one = checked(table(*rows))
        assert people(one) == (count, 0)
        return len(captured)

    statements(1, 1)
    assert statements(1000, 20) == statements(2000, 400)


def test_other_kinds_say_nothing_of_people() -> None:
    from customers.importing.kinds import import_kinds

    others = [kind for kind in import_kinds.entries() if not isinstance(kind, OrdersKind)]
    assert [kind.brings_along(Import()) for kind in others] == [""] * len(others)
