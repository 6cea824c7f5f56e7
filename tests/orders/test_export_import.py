"""A file of orders becomes orders; the same file changes nothing, a newer one what differs."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Customer
from events.models import Event, EventAbout
from orders.importing.models import OrderImportRow, StagedOrder
from orders.importing.past import bring_in
from orders.models import Order
from tests.factories.orders import past_order
from tests.orders.headers import LAYOUTS, OLDEST
from tests.orders.import_files import MILL, checked, counts, imported, order, problems, table, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_order_comes_with_all_that_the_file_says(layout: str) -> None:
    one = imported(table(order(MILL), layout=LAYOUTS[layout]))
    assert (one.kind, counts(one), problems(one)) == ("orders", (1, 0, 0, 0), [])
    found = Order.objects.get()
    assert (found.name, found.number, found.source) == ("#1001", 1001, "shopify")
    assert (found.total, found.paid, found.refunded) == (Decimal("54.90"), Decimal("54.90"), 0)
    assert (found.financial_status, found.fulfillment_status) == ("paid", "fulfilled")
    assert found.billing_address["addition"] == "Hinterhaus"
    assert told(found)["lines"] == [
        (1, "Espresso Nordlicht", 2, 2, Decimal("25.00")),
        (2, "Handmühle Feinschliff", 1, 1, Decimal("89.00")),
    ]
    shipped_at = datetime(2025, 5, 12, 12, tzinfo=UTC)
    assert told(found)["parcels"] == [
        ("", shipped_at, ["2 × Espresso Nordlicht", "1 × Handmühle Feinschliff"])
    ]
    assert found.delivered_at is None


def test_it_comes_with_how_it_was_bought_and_paid() -> None:
    imported(
        table(
            order(
                Discount_Code="HALLO10",
                Discount_Amount="5.00",
                Shipping_Method="DHL Paket",
                Payment_Method="PayPal",
                Tags="Abo, VIP",
                Notes="Please ring",
                Cancelled_at="2025-06-01 10:00:00 +0000",
                Refunded_Amount="20.00",
                Financial_Status="partially_refunded",
            )
        )
    )
    found = Order.objects.get()
    assert (found.discount_code, found.discount) == ("HALLO10", Decimal("5.00"))
    assert (found.shipping_method, found.payment_method) == ("DHL Paket", "PayPal")
    assert (found.tags, found.note) == (["Abo", "VIP"], "Please ring")
    assert (found.cancel_reason, found.cancelled_at) == (
        "other",
        datetime(2025, 6, 1, 10, tzinfo=UTC),
    )
    assert told(found)["refunds"] == [(Decimal("20.00"), "export")]


def test_the_dry_run_says_what_the_import_does_and_writes_nothing() -> None:
    imported(table(order(), order(Name="#1002")))
    file = table(order(), order(Name="#1002", Notes="new"), order(Name="#1003"), order(Name=""))
    before = [told(one) for one in Order.objects.order_by("pk")]
    one = checked(file)
    expected = counts(one)
    assert expected == (1, 1, 1, 1)
    assert [told(one) for one in Order.objects.order_by("pk")] == before
    assert counts(imported(file)) == expected
    assert StagedOrder.objects.filter(of_import__finished_at__isnull=False).count() == 0


def test_the_same_file_again_changes_nothing() -> None:
    file = table(
        order(MILL), order(Name="#1002", Refunded_Amount="4.00"), order(Name="#1003", Email="")
    )
    imported(file)
    before = [told(one) for one in Order.objects.order_by("pk")]
    assert counts(imported(file)) == (0, 0, 3, 0)
    assert [told(one) for one in Order.objects.order_by("pk")] == before


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_the_order_of_the_rows_and_the_size_of_a_step_do_not_matter(
    settings: Any, chunk: int
) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    orders = [
        order(MILL, Name="#1", Email="a@example.de"),
        order(Name="#2", Email="b@example.de", Billing_Phone="", Shipping_Phone=""),
        order(Name="#3", Email="a@example.de", Created_at="2025-07-01 00:00:00 +0000"),
    ]
    for turn in itertools.permutations(orders):
        one = imported(table(*turn))
        assert sum(counts(one)[:3]) == 3
    assert Order.objects.count() == 3
    assert Customer.objects.count() == 2
    assert set(Customer.objects.values_list("orders_count", flat=True)) == {1, 2}


@pytest.mark.parametrize("layouts", [("oldest", "current"), ("current", "oldest")])
def test_files_with_and_without_ids_meet_by_the_orders_name(layouts: tuple[str, str]) -> None:
    for layout in layouts:
        imported(table(order(), order(Name="#1002"), layout=LAYOUTS[layout]))
    assert sorted(Order.objects.values_list("external_id", flat=True)) == [
        "560000001001",
        "560000001002",
    ]


def test_two_orders_of_one_name_are_not_guessed_between() -> None:
    imported(table(order(Id="1"), order(Id="2")))
    one = imported(table(order(), layout=OLDEST))
    assert problems(one) == [(2, "order_ambiguous", "")]


def test_of_orders_with_one_id_the_last_counts() -> None:
    one = imported(table(order(Notes="first"), order(Name="#7"), order(Notes="last")))
    assert (counts(one), problems(one)) == ((2, 0, 0, 1), [(2, "order_repeated", "4")])
    assert Order.objects.get(number=1001).note == "last"


def test_an_order_that_came_from_the_shops_system_is_known() -> None:
    known = past_order(source="shopify", external_id="560000001001", number=1001, name="#1001")
    bring_in([known], by=None)
    one = imported(table(order()))
    assert counts(one) == (0, 1, 0, 0)
    assert Order.objects.get().total == Decimal("54.90")


def test_only_filling_gaps_brings_new_orders_and_leaves_others() -> None:
    imported(table(order()))
    file = table(order(Notes="new"), order(Name="#1002"))
    assert counts(imported(file, only_fills_gaps=True)) == (1, 0, 1, 0)
    assert counts(imported(file)) == (0, 1, 1, 0)


def test_one_event_for_all_and_nothing_on_each_timeline() -> None:
    imported(table(order(), order(Name="#1002")))
    assert not Event.objects.filter(name__startswith="order.").exists()
    assert not Event.objects.filter(name__startswith="customer.").exists()
    assert EventAbout.objects.count() == 0
    assert Event.objects.get(name="import.finished").plain["created"] == 2


def test_an_import_goes_on_where_a_killed_worker_left_it(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    file = table(*(order(MILL, Name=f"#{number}") for number in range(1001, 1006)))
    one = checked(file)
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    assert Order.objects.count() == 2
    StagedOrder.objects.all().delete()
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (5, 0, 0, 0))


def test_the_number_of_statements_does_not_grow_with_the_orders() -> None:
    def statements(first: int, count: int) -> int:
        rows = [
            order(MILL, Name=f"#{number}", Email=f"p{number}@example.de")
            for number in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            imported(table(*rows))
        return len(captured)

    statements(1, 1)
    assert statements(1000, 20) == statements(2000, 400)


def test_forgetting_an_import_keeps_its_orders() -> None:
    one = imported(table(order()))
    Import.objects.filter(pk=one.pk).delete()
    assert (Order.objects.count(), OrderImportRow.objects.count()) == (1, 0)
