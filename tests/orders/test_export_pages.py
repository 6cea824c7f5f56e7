"""What people see of an import of orders: its dry run, timelines, the command, the order's page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.importing.working import work
from customers.models import Customer, Note
from customers.timeline import timeline_of
from orders.models import Order
from orders.timeline import timeline_of_order
from tests.orders.import_files import MILL, checked, imported, order, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(lead: User, desk_client) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_dry_run_shows_the_first_orders_and_what_would_change(desk: Client) -> None:
    imported(table(order(Financial_Status="pending")))
    one = checked(table(order(MILL), order(Name="#1002"), order(Name="#1003", Total="x")))
    page = desk.get(reverse("import_detail", args=[one.pk])).content.decode()
    assert "2 × Espresso Nordlicht" in page
    assert "Payment: Payment pending → Paid" in page
    assert "No order here has this ID or name." in page
    assert "“x” is not an amount of money." in page
    changes = b"".join(desk.post(reverse("import_changes", args=[one.pk])).streaming_content)
    assert "2,#1001,Payment,Payment pending,Paid" in changes.decode()


def test_rejected_orders_come_back_as_rows_of_the_file(desk: Client) -> None:
    one = checked(table(order(Total="x")))
    answer = desk.post(reverse("import_problems", args=[one.pk]))
    assert "“x” is not an amount of money." in b"".join(answer.streaming_content).decode()


def told(customer: Customer) -> list[str]:
    return [str(entry.line.text) for entry in timeline_of(customer).entries]


def test_a_timeline_tells_which_line_of_which_file_brought_an_order() -> None:
    imported(table(order(Name="#7"), order(Financial_Status="pending", Email="k@example.de")))
    kim = Customer.objects.get(identities__key="k@example.de")
    found = Order.objects.get(number=1001)
    link = f'<a href="/admin/orders/{found.pk}/">#1001</a>'
    assert told(kim)[0] == f"Order {link} imported from orders.csv, line 3"
    imported(table(order(Email="k@example.de")))
    assert told(kim)[0] == f"Order {link} changed by the import of orders.csv, line 2"
    own = [str(entry.line.text) for entry in timeline_of_order(found)]
    assert own[:2] == [
        "Changed by the import of orders.csv, line 2",
        "Imported from orders.csv, line 3",
    ]


@pytest.mark.parametrize("files", [1, 3])
def test_the_orders_page_costs_the_same_for_any_number_of_files(
    files: int,
    desk: Client,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    for number in range(files):
        imported(table(order(Notes=f"{number}")))
    page = reverse("order_detail", args=[Order.objects.get().pk])
    desk.get(page)
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get(page)


# Shop, session, user; the order, its people and parts; what files said of it.
PAGE_QUERIES = 12


def test_however_many_orders_a_file_brings_it_is_one_line_of_a_timeline() -> None:
    imported(table(*(order(Name=f"#{number}") for number in range(1, 41))))
    (line,) = [text for text in told(Customer.objects.get()) if "imported" in text]
    assert line == "40 orders imported from orders.csv, lines 2 to 41"


def test_the_orders_page_says_how_it_was_paid_and_sent(desk: Client) -> None:
    imported(
        table(
            order(
                Payment_Method="PayPal",
                Shipping_Method="DHL Paket",
                Discount_Code="HALLO10",
                Discount_Amount="5.00",
            )
        )
    )
    page = desk.get(reverse("order_detail", args=[Order.objects.get().pk])).content.decode()
    assert all(words in page for words in ("PayPal", "DHL Paket", "HALLO10"))


def test_the_command_imports_and_says_what_it_did(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(table(order(), order(Name="#1002", Total="x")))
    said = io.StringIO()
    call_command("import_orders", str(file), "--dry-run", stdout=said)
    assert Order.objects.count() == 0
    call_command("import_orders", str(file), stdout=said)
    assert said.getvalue().splitlines()[-2:] == [
        "Done: created 1, changed 0, unchanged 0, skipped 1",
        "Line 3: Skipped. “x” is not an amount of money.",
    ]


def test_the_command_refuses_a_file_of_customers(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("First Name,Email\nJana,jana@example.de\n")
    with pytest.raises(CommandError) as refusal:
        call_command("import_orders", str(file))
    assert str(refusal.value) == "This is an export of customers. Choose the export of orders."


def test_the_page_undoes_an_import_and_lists_what_stays_with_the_reason(
    desk: Client, agent: User
) -> None:
    one = imported(table(order(), order(Name="#1002", Email="neu@example.de")))
    Note.write(Customer.objects.get(identities__key="neu@example.de"), by=agent, text="Called.")
    kept = Order.objects.get(name="#1001")
    kept.refund(kept.total, by=agent)
    page = reverse("import_detail", args=[one.pk])
    assert "Undo import" in desk.get(page).content.decode()
    desk.post(reverse("import_undoing", args=[one.pk]))
    work(one.pk)
    shown = desk.get(page).content.decode()
    assert "The import was undone." in shown
    assert "Somebody has changed this since: it was left as it is." in shown
    assert "The customer who came with it stays" in shown
    assert list(Order.objects.all()) == [kept]
    again = desk.post(reverse("import_undoing", args=[one.pk]), follow=True).content.decode()
    assert "This import cannot be undone any more." in again
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert "Der Kunde, der mit ihr kam, bleibt" in desk.get(page).content.decode()
