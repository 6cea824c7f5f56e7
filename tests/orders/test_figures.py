"""A customer's figures follow each change of an order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orders.figures import kept_figures
from orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.factories.orders import MILL, NOON, place

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db


def figures(customer: Customer) -> tuple[int, Decimal]:
    customer.refresh_from_db()
    return customer.orders_count, customer.amount_spent


def test_orders_add_up_with_the_first_and_the_last_day(customer: Customer) -> None:
    later = NOON + timedelta(days=30)
    place(customer, placed_at=later)
    place(customer, lines=[MILL])
    assert figures(customer) == (2, Decimal("203.00"))
    assert (customer.first_order_at, customer.last_order_at) == (NOON, later)


def test_a_refund_is_taken_off(customer: Customer) -> None:
    order = place(customer)
    order.pay(by=None)
    order.refund(Decimal("4.50"), by=None)
    assert figures(customer) == (1, Decimal("20.50"))


def test_a_cancelled_order_counts_as_an_order_and_not_as_money(customer: Customer) -> None:
    place(customer)
    place(customer).cancel("customer", by=None)
    assert figures(customer) == (2, Decimal("25.00"))


def test_a_void_one_counts_no_money(customer: Customer) -> None:
    place(customer, financial_status="voided")
    assert figures(customer) == (1, Decimal(0))


def test_who_loses_the_last_order_has_bought_nothing(customer: Customer) -> None:
    order = place(customer)
    with kept_figures([customer.pk]):
        Order.objects.filter(pk=order.pk).update(is_test=True)
    assert figures(customer) == (0, Decimal(0))
    assert (customer.first_order_at, customer.last_order_at) == (None, None)


def test_totals_from_an_export_stay_until_an_order_is_known() -> None:
    exported = CustomerFactory(
        figures_from_export=True, orders_count=7, amount_spent=Decimal("99.00")
    )
    with kept_figures([exported.pk]):
        pass
    assert figures(exported) == (7, Decimal("99.00"))


def test_a_test_order_counts_nowhere(customer: Customer) -> None:
    place(customer, is_test=True)
    assert figures(customer) == (0, Decimal(0))


def test_another_currency_is_an_order_but_not_money_of_ours(customer: Customer) -> None:
    place(customer, currency="CHF")
    assert figures(customer) == (1, Decimal(0))


def test_figures_from_an_export_give_way_to_known_orders(customer: Customer) -> None:
    type(customer).objects.filter(pk=customer.pk).update(
        orders_count=9, amount_spent=900, figures_from_export=True
    )
    place(customer)
    assert figures(customer) == (1, Decimal("25.00"))
    assert customer.figures_from_export is False


def test_an_order_leaves_open_forms_of_staff_valid(customer: Customer) -> None:
    before = customer.version
    place(customer)
    customer.refresh_from_db()
    assert customer.version == before
