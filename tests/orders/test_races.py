"""Two at once: real threads, real connections, one winner."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from events.models import Event
from orders.importing import past as importing
from orders.models import NotRefundable, NotShippable, Order, OrderRefusal
from tests.factories.customers import CustomerFactory
from tests.factories.orders import MILL, new_order, past_order, place

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def all_at_once(do: Callable[[], Any]) -> list[Any]:
    """What each of several threads got: a result, or the refusal it met."""
    gate = Barrier(AT_ONCE)

    def one(_number: int) -> Any:
        try:
            gate.wait(10)
            return do()
        except OrderRefusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def again(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def test_one_order_told_of_by_many_is_placed_once(customer: Customer) -> None:
    new = new_order(customer)
    found = all_at_once(lambda: Order.place(new, by=None).pk)
    assert len(set(found)) == 1
    assert Event.objects.filter(name="order.placed").count() == 1


def test_two_imports_with_the_same_people_never_wait_in_a_circle(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 1)
    people = [customer, *(CustomerFactory() for _ in range(5))]
    turns = iter([people, people[::-1]] * (AT_ONCE // 2))
    found = all_at_once(
        lambda: importing.bring_in([past_order(one) for one in next(turns)], by=None).created
    )
    assert found == [len(people)] * AT_ONCE


def test_an_order_of_nobody_is_placed_once_too(transactional_db: None) -> None:
    new = new_order()
    assert len(set(all_at_once(lambda: Order.place(new, by=None).pk))) == 1
    assert Event.objects.filter(name="order.placed").count() == 1


def test_orders_of_one_customer_all_count(customer: Customer) -> None:
    all_at_once(lambda: place(customer))
    customer.refresh_from_db()
    assert (customer.orders_count, customer.amount_spent) == (AT_ONCE, Decimal(25 * AT_ONCE))


def test_one_payment_is_noted_once(customer: Customer) -> None:
    order = place(customer)
    assert sorted(all_at_once(lambda: again(order).pay(by=None))) == [False] * 5 + [True]
    assert Event.objects.filter(name="order.paid").count() == 1


def test_no_bag_is_packed_twice(customer: Customer) -> None:
    order = place(customer, lines=[MILL])
    line = order.lines.get()
    found = all_at_once(lambda: again(order).ship(by=None, quantities={line.pk: 1}))
    assert found.count(NotShippable) == AT_ONCE - 2
    line.refresh_from_db()
    assert line.shipped_quantity == 2


def test_one_delivery_is_noted_once(customer: Customer) -> None:
    order = place(customer)
    parcel = order.ship(by=None)
    found = all_at_once(lambda: again(order).deliver(parcel, by=None))
    assert sorted(found) == [False] * 5 + [True]


def test_no_more_goes_back_than_was_paid(customer: Customer) -> None:
    order = place(customer)
    order.pay(by=None)
    found = all_at_once(lambda: again(order).refund(Decimal("10.00"), by=None))
    assert found.count(NotRefundable) == AT_ONCE - 2
    assert again(order).refunded == 20


def test_an_order_is_called_off_once(customer: Customer) -> None:
    order = place(customer)
    found = all_at_once(lambda: again(order).cancel("customer", by=None))
    assert sorted(found) == [False] * 5 + [True]
    assert Event.objects.filter(name="order.cancelled").count() == 1
