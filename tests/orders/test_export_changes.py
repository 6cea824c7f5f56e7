"""A newer file brings what became of an order, and leaves what the desk knows better."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from customers.models import Customer
from orders.importing.changes import FIELDS
from orders.importing.columns import HOLDS
from orders.importing.models import OrderImportRow
from orders.models import Order, Parcel
from tests.orders.headers import OLDEST
from tests.orders.import_files import (
    BEANS,
    MILL,
    checked,
    counts,
    imported,
    order,
    problems,
    table,
    told,
)

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_newer_file_brings_what_became_of_an_order() -> None:
    imported(
        table(
            order(
                MILL,
                Financial_Status="pending",
                Paid_at="",
                Fulfillment_Status="",
                Fulfilled_at="",
                Lineitem_fulfillment_status="pending",
            )
        )
    )
    one = imported(
        table(
            order(
                {**MILL, "Lineitem quantity": "3"},
                Fulfillment_Status="partial",
                Refunded_Amount="5.00",
                Financial_Status="partially_refunded",
                Tags="late",
                Total="322.00",
            )
        )
    )
    assert counts(one) == (0, 1, 0, 0)
    found = Order.objects.get()
    assert (found.financial_status, found.fulfillment_status) == ("partially_refunded", "partial")
    assert (found.total, found.refunded, found.tags) == (Decimal(322), Decimal(5), ["late"])
    assert told(found)["lines"] == [
        (1, "Espresso Nordlicht", 2, 2, Decimal("25.00")),
        (2, "Handmühle Feinschliff", 3, 0, Decimal("89.00")),
    ]
    assert [packed for *_, packed in told(found)["parcels"]] == [["2 × Espresso Nordlicht"]]
    assert told(found)["refunds"] == [(Decimal("5.00"), "export")]
    changes = OrderImportRow.objects.get(of_import=one).changes
    assert changes["financial_status"] == ["pending", "partially_refunded"]
    assert changes["lines"][1] == "2 × Espresso Nordlicht 1 kg, 3 × Handmühle Feinschliff"
    customer = Customer.objects.get()
    assert customer.amount_spent == Decimal(317)


def test_an_old_file_again_leaves_alone_what_staff_have_done_since(agent: User) -> None:
    file = table(order(Financial_Status="pending", Paid_at=""))
    imported(file)
    Order.objects.get().pay(by=agent)
    assert counts(imported(file)) == (0, 0, 1, 0)
    assert Order.objects.get().financial_status == "paid"


LATER = "2025-05-13 08:00:00 -0400"
SINGLE = {
    "parcels": (
        {"Fulfilled_at": LATER},
        [f"2025-05-{day} 14:00: 2 × Espresso Nordlicht 1 kg" for day in (12, 13)],
    ),
    "paid_at": ({"Paid_at": LATER}, ["2025-05-11 15:56", "2025-05-13 14:00"]),
    "currency": ({"Currency": "CHF"}, ["EUR", "CHF"]),
}


@pytest.mark.parametrize("field", SINGLE)
def test_whatever_a_file_changes_is_told(field: str) -> None:
    cells, pair = SINGLE[field]
    imported(table(order()))
    one = checked(table(order(**cells)))
    assert counts(one) == (0, 1, 0, 0)
    assert OrderImportRow.objects.get(of_import=one).changes == {field: pair}


def test_each_column_that_an_import_writes_is_told() -> None:
    follows_from_others = {"number", "subtotal"}
    assert set(HOLDS) - set(FIELDS) == {"source", *follows_from_others}


def test_a_parcel_with_its_number_is_kept_and_the_files_holds_the_rest(agent: User) -> None:
    waiting = {"Fulfillment_Status": "", "Fulfilled_at": "", "Lineitem_fulfillment_status": ""}
    imported(table(order(MILL, **waiting)))
    found = Order.objects.get()
    beans = found.lines.get(position=1)
    found.ship(by=agent, company="DHL", number="JJD 1", quantities={beans.pk: 2})
    imported(table(order(MILL)))
    assert [(number, packed) for number, _at, packed in told(found)["parcels"]] == [
        ("", ["1 × Handmühle Feinschliff"]),
        ("JJD1", ["2 × Espresso Nordlicht"]),
    ]
    assert Order.objects.get().fulfillment_status == "fulfilled"
    assert told(found)["lines"][0][3] == 2


def test_what_was_sent_here_stays_sent_when_the_file_does_not_know_it(agent: User) -> None:
    waiting = {"Fulfillment_Status": "", "Fulfilled_at": "", "Lineitem_fulfillment_status": ""}
    imported(table(order(**waiting)))
    parcel = Order.objects.get().ship(by=agent, number="JJD 1")
    Order.objects.get().deliver(parcel, by=agent)
    assert counts(imported(table(order(Notes="x", **waiting)))) == (0, 1, 0, 0)
    found = Order.objects.get()
    assert (found.fulfillment_status, found.note) == ("fulfilled", "x")
    assert found.delivered_at == Parcel.objects.get().delivered_at


def test_a_parcel_of_the_file_goes_when_the_shop_takes_it_back() -> None:
    imported(table(order()))
    imported(table(order(Fulfillment_Status="", Fulfilled_at="", Lineitem_fulfillment_status="")))
    found = Order.objects.get()
    assert (found.fulfillment_status, Parcel.objects.count()) == ("unfulfilled", 0)
    assert told(found)["lines"][0][3] == 0


def test_what_was_given_back_here_counts_and_the_file_adds_the_rest(agent: User) -> None:
    imported(table(order()))
    Order.objects.get().refund(Decimal("10.00"), by=agent, reason="Dented")
    imported(table(order(Notes="x")))
    found = Order.objects.get()
    assert (found.refunded, found.financial_status) == (Decimal(10), "partially_refunded")
    imported(table(order(Refunded_Amount="30.00", Financial_Status="partially_refunded")))
    assert told(found)["refunds"] == [(Decimal(20), "export"), (Decimal(10), "")]
    imported(table(order(Refunded_Amount="10.00", Financial_Status="partially_refunded")))
    assert told(found)["refunds"] == [(Decimal(10), "")]


def test_an_order_that_costs_less_than_was_given_back_here_is_refused(agent: User) -> None:
    imported(table(order()))
    Order.objects.get().refund(Decimal("50.00"), by=agent)
    one = imported(table(order(Total="20.00")))
    assert (counts(one), problems(one)) == ((0, 0, 0, 1), [(2, "order_refunds", "")])


def test_what_was_called_off_here_stays_called_off(agent: User) -> None:
    waiting = {"Fulfillment_Status": "", "Fulfilled_at": "", "Lineitem_fulfillment_status": ""}
    imported(table(order(**waiting)))
    Order.objects.get().cancel("fraud", by=agent)
    imported(table(order(Notes="x", Cancelled_at="2025-06-01 10:00:00 +0000", **waiting)))
    assert Order.objects.get().cancel_reason == "fraud"


def test_lines_that_change_places_stay_who_they_are() -> None:
    imported(table(order(MILL, BEANS)))
    before = dict(Order.objects.get().lines.values_list("position", "pk"))
    imported(table(order(BEANS, **{key.replace(" ", "_"): cell for key, cell in MILL.items()})))
    after = dict(Order.objects.get().lines.values_list("position", "pk"))
    assert after == {1: before[2], 2: before[1]}
    assert len(told(Order.objects.get())["parcels"][0][2]) == 2


def test_an_older_file_says_nothing_of_columns_that_it_has_not() -> None:
    back = {"Financial_Status": "partially_refunded"}
    imported(table(order(Tags="Abo", Refunded_Amount="5.00", Payment_Method="PayPal", **back)))
    one = imported(table(order(**back), layout=OLDEST))
    assert counts(one) == (0, 0, 1, 0)
    found = Order.objects.get()
    assert (found.tags, found.refunded, found.payment_method) == (["Abo"], Decimal(5), "PayPal")
