"""What may happen to an order, and what it leaves behind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from orders.models import (
    NotCancellable,
    NotPayable,
    NotRefundable,
    NotShippable,
    Order,
    Parcel,
    Refund,
)
from tests.factories.orders import BEANS, MILL, new_order, place

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db


def names_about(subject: Order | Customer) -> list[str]:
    return list(Event.objects.about(subject).order_by("id").values_list("name", flat=True))


def plain_of(name: str) -> dict[str, object]:
    found: dict[str, object] = Event.objects.get(name=name).plain
    return found


class TestPlacing:
    def test_an_order_adds_up_its_lines_and_shipping(self, customer: Customer) -> None:
        order = place(customer, lines=[BEANS, MILL], shipping=Decimal("4.90"), discount=Decimal(10))
        assert (order.subtotal, order.total) == (Decimal("203.00"), Decimal("197.90"))
        assert [str(line) for line in order.lines.all()] == [
            "1 × Espresso Nordlicht",
            "2 × Handmühle Feinschliff",
        ]

    def test_it_is_told_on_its_own_and_the_customers_timeline(
        self, customer: Customer, agent: User
    ) -> None:
        order = Order.place(new_order(customer, number=1001), by=agent)
        event = Event.objects.get(name="order.placed")
        assert (event.subject_id, event.actor_id) == (order.pk, agent.pk)
        assert event.plain == {"order": "#1001"}
        assert names_about(order) == ["order.placed"]
        assert "order.placed" in names_about(customer)

    def test_an_impossible_order_is_not_taken_for_a_repeat(self, customer: Customer) -> None:
        with pytest.raises(IntegrityError, match="order_money_not_negative"), transaction.atomic():
            place(customer, discount=Decimal(100))

    def test_a_repeat_returns_the_first_and_leaves_no_event(self, customer: Customer) -> None:
        first = place(customer, external_id="77")
        again = place(customer, external_id="77", lines=[MILL])
        assert again == first
        assert Event.objects.filter(name="order.placed").count() == 1
        assert first.lines.count() == 1

    def test_two_sources_may_use_the_same_id(self, customer: Customer) -> None:
        assert place(customer, external_id="77") != place(
            customer, external_id="77", source="other"
        )

    def test_an_address_is_kept_in_lower_case(self) -> None:
        assert place(email=" Jana@Example.DE ").email == "jana@example.de"

    def test_an_id_may_be_as_long_as_64_bits(self) -> None:
        order = place(number=7_210_448_301_122_999_999, external_id="7210448301122999999")
        assert Order.objects.get(number=7_210_448_301_122_999_999) == order


class TestPaying:
    def test_a_pending_order_is_paid_once(self, customer: Customer, agent: User) -> None:
        order = place(customer)
        assert order.pay(by=agent) is True
        assert order.pay(by=agent) is False
        assert order.financial_status == "paid"
        assert names_about(order) == ["order.placed", "order.paid"]

    def test_what_is_cancelled_takes_no_money(self, customer: Customer) -> None:
        order = place(customer)
        order.cancel("inventory", by=None)
        with pytest.raises(NotPayable):
            order.pay(by=None)
        assert order.financial_status == "voided"

    def test_the_rest_is_paid_after_a_part_of_the_first_went_back(self, customer: Customer) -> None:
        order = place(customer, financial_status="partially_paid", paid=Decimal("20.00"))
        order.refund(Decimal("5.00"), by=None)
        assert order.pay(by=None) is True
        assert (order.paid, order.refunded) == (Decimal("25.00"), Decimal("5.00"))
        assert order.financial_status == "partially_refunded"
        assert order.pay(by=None) is False


class TestShipping:
    def test_a_parcel_takes_all_that_is_left(self, customer: Customer, agent: User) -> None:
        order = place(customer, lines=[BEANS, MILL])
        parcel = order.ship(by=agent, company="DHL", number="jd 014 6000 0284")
        assert parcel.number == "JD01460000284"
        assert [packed.quantity for packed in parcel.lines.all()] == [1, 2]
        assert order.fulfillment_status == "fulfilled"
        assert plain_of("parcel.shipped") == {"order": order.name, "company": "DHL"}
        assert names_about(order) == ["order.placed", "parcel.shipped"]
        assert names_about(customer)[-1] == "parcel.shipped"

    def test_a_part_of_it_leaves_the_order_partly_shipped(self, customer: Customer) -> None:
        order = place(customer, lines=[BEANS, MILL])
        mill = order.lines.get(sku="MILL-1")
        order.ship(by=None, number="1", quantities={mill.pk: 1})
        assert order.fulfillment_status == "partial"
        order.ship(by=None, number="2")
        assert order.fulfillment_status == "fulfilled"
        assert Parcel.objects.count() == 2

    def test_the_same_tracking_number_again_is_the_same_parcel(self, customer: Customer) -> None:
        order = place(customer)
        assert order.ship(by=None, number="JD 1") == order.ship(by=None, number="jd1")
        assert Event.objects.filter(name="parcel.shipped").count() == 1

    @pytest.mark.parametrize("quantity", [3, -1, 0])
    def test_no_line_ships_more_than_was_ordered(self, customer: Customer, quantity: int) -> None:
        order = place(customer, lines=[MILL])
        with pytest.raises(NotShippable):
            order.ship(by=None, quantities={order.lines.get().pk: quantity})
        assert names_about(order) == ["order.placed"]
        assert Parcel.objects.count() == 0

    def test_another_orders_line_is_refused(self, customer: Customer) -> None:
        other = place(customer).lines.get()
        with pytest.raises(NotShippable):
            place(customer).ship(by=None, quantities={other.pk: 1})

    def test_nothing_is_left_for_a_second_parcel(self, customer: Customer) -> None:
        order = place(customer)
        order.ship(by=None, number="1")
        with pytest.raises(NotShippable):
            order.ship(by=None, number="2")

    def test_what_is_cancelled_ships_nothing(self, customer: Customer) -> None:
        order = place(customer)
        order.cancel("customer", by=None)
        with pytest.raises(NotShippable):
            order.ship(by=None)


class TestDelivering:
    def test_the_order_is_delivered_with_its_last_parcel(self, customer: Customer) -> None:
        order = place(customer, lines=[MILL])
        first = order.ship(by=None, number="1", quantities={order.lines.get().pk: 1})
        assert order.deliver(first, by=None) is True
        assert order.delivered_at is None
        second = order.ship(by=None, number="2")
        assert order.deliver(second, by=None) is True
        assert order.delivered_at == second.delivered_at
        assert names_about(customer).count("parcel.delivered") == 2

    def test_a_repeat_changes_nothing(self, customer: Customer) -> None:
        order = place(customer)
        parcel = order.ship(by=None)
        order.deliver(parcel, by=None)
        arrived_at = parcel.delivered_at
        assert order.deliver(parcel, by=None) is False
        parcel.refresh_from_db()
        assert parcel.delivered_at == arrived_at
        assert Event.objects.filter(name="parcel.delivered").count() == 1

    def test_another_orders_parcel_is_not_touched(self, customer: Customer) -> None:
        parcel = place(customer).ship(by=None)
        assert place(customer).deliver(parcel, by=None) is False


class TestRefunding:
    def test_money_goes_back_in_parts(self, customer: Customer, agent: User) -> None:
        order = place(customer)
        order.pay(by=None)
        order.refund(Decimal("10.00"), by=agent, reason="Bag torn")
        assert (order.refunded, order.financial_status) == (Decimal(10), "partially_refunded")
        order.refund(Decimal("15.00"), by=agent)
        assert (order.refunded, order.financial_status) == (Decimal(25), "refunded")
        assert order.kept == 0
        first = Event.objects.filter(name="order.refunded").earliest("id")
        assert first.plain == {"order": order.name, "amount": "10.00", "currency": "EUR"}

    @pytest.mark.parametrize("amount", ["25.01", "0", "-5"])
    def test_at_most_what_was_paid(self, customer: Customer, amount: str) -> None:
        order = place(customer)
        order.pay(by=None)
        with pytest.raises(NotRefundable):
            order.refund(Decimal(amount), by=None)
        assert Refund.objects.count() == 0

    def test_of_a_part_that_was_paid_no_more_than_that_goes_back(self, customer: Customer) -> None:
        order = place(customer, financial_status="partially_paid", paid=Decimal("20.00"))
        with pytest.raises(NotRefundable):
            order.refund(Decimal("20.01"), by=None)
        order.refund(Decimal("20.00"), by=None)
        assert (order.refunded, order.financial_status) == (Decimal(20), "refunded")

    def test_a_part_of_unknown_amount_is_not_given_back(self, customer: Customer) -> None:
        with pytest.raises(NotRefundable):
            place(customer, financial_status="partially_paid").refund(Decimal(1), by=None)

    def test_what_was_never_paid_is_not_given_back(self, customer: Customer) -> None:
        with pytest.raises(NotRefundable):
            place(customer).refund(Decimal(5), by=None)

    def test_a_repeat_with_the_same_id_is_the_same_refund(self, customer: Customer) -> None:
        order = place(customer)
        order.pay(by=None)
        first = order.refund(Decimal(5), by=None, external_id="r1")
        assert order.refund(Decimal(5), by=None, external_id="r1") == first
        assert order.refunded == 5


class TestCancelling:
    def test_an_unpaid_order_becomes_void(self, customer: Customer, agent: User) -> None:
        order = place(customer)
        assert order.cancel("declined", by=agent) is True
        assert order.cancel("declined", by=agent) is False
        assert (order.financial_status, order.cancel_reason) == ("voided", "declined")
        assert plain_of("order.cancelled") == {"order": order.name, "reason": "declined"}

    def test_a_paid_order_keeps_its_money_until_it_is_refunded(self, customer: Customer) -> None:
        order = place(customer)
        order.pay(by=None)
        order.cancel("customer", by=None)
        assert order.financial_status == "paid"
        order.refund(order.total, by=None)
        assert order.financial_status == "refunded"

    def test_a_part_that_was_paid_goes_back_after_the_order_was_called_off(
        self, customer: Customer
    ) -> None:
        order = place(customer, financial_status="partially_paid", paid=Decimal("20.00"))
        order.cancel("customer", by=None)
        assert order.financial_status == "partially_paid"
        order.refund(Decimal("20.00"), by=None)
        assert (order.refunded, order.financial_status) == (Decimal(20), "refunded")

    def test_a_part_of_unknown_amount_is_not_called_void(self, customer: Customer) -> None:
        order = place(customer, financial_status="partially_paid")
        order.cancel("customer", by=None)
        assert order.financial_status == "partially_paid"

    def test_what_is_on_its_way_cannot_be_called_off(self, customer: Customer) -> None:
        order = place(customer)
        order.ship(by=None)
        with pytest.raises(NotCancellable):
            order.cancel("customer", by=None)

    def test_a_reason_is_one_of_those_that_shops_know(self, customer: Customer) -> None:
        with pytest.raises(NotCancellable):
            place(customer).cancel("moon phase", by=None)
