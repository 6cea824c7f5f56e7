"""Orders with a past are brought in by one verb, in bulk."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from events.models import Event, EventAbout
from orders.importing import past as importing
from orders.importing.past import PastOrder, PastParcel, PastRefund, bring_in
from orders.models import ImpossibleRefunds, Order, Parcel
from tests.factories.customers import CustomerFactory
from tests.factories.orders import BEANS, MILL, NOON, past_order, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def shipped(**quantities: int) -> PastParcel:
    return PastParcel(
        company="DPD",
        number="01 505",
        shipped_at=NOON + DAY,
        quantities={int(name.removeprefix("line")): count for name, count in quantities.items()},
        delivered_at=NOON + 3 * DAY,
    )


def test_an_order_comes_with_its_lines_parcels_and_refunds(customer: Customer) -> None:
    refund = PastRefund(Decimal("9.00"), NOON + 9 * DAY, reason="Dented")
    bring_in(
        [
            past_order(
                customer,
                lines=[BEANS, MILL],
                financial_status="partially_refunded",
                parcels=[shipped(line1=1, line2=2)],
                refunds=[refund],
            )
        ],
        by=None,
    )
    order = Order.objects.get()
    assert (order.total, order.refunded) == (Decimal("203.00"), Decimal("9.00"))
    assert (order.fulfillment_status, order.delivered_at) == ("fulfilled", NOON + 3 * DAY)
    assert order.paid_at == NOON
    parcel = order.parcels.get()
    assert parcel.number == "01505"
    assert [str(packed) for packed in parcel.lines.all()] == [
        "1 × Espresso Nordlicht",
        "2 × Handmühle Feinschliff",
    ]
    customer.refresh_from_db()
    assert (customer.orders_count, customer.amount_spent) == (1, Decimal("194.00"))


def test_what_left_in_part_is_not_delivered(customer: Customer) -> None:
    bring_in([past_order(customer, lines=[MILL], parcels=[shipped(line1=1)])], by=None)
    order = Order.objects.get()
    assert (order.fulfillment_status, order.delivered_at) == ("partial", None)


def test_all_of_them_leave_one_event_and_nothing_on_timelines(
    customer: Customer, agent: User
) -> None:
    known = EventAbout.objects.count()
    bring_in([past_order(customer) for _ in range(3)], by=agent, source="shop")
    event = Event.objects.get(name="import.finished")
    assert event.plain == {"kind": "orders", "source": "shop", "created": 3, "known": 0}
    assert event.actor_id == agent.pk
    assert EventAbout.objects.count() == known


def test_the_same_rows_again_change_nothing(customer: Customer) -> None:
    rows = [past_order(customer), past_order(customer)]
    bring_in(rows, by=None)
    again = bring_in(rows, by=None)
    assert (again.created, again.known) == (0, 2)
    assert Order.objects.count() == 2
    assert Event.objects.filter(name="import.finished").count() == 1


def test_an_order_that_was_placed_here_is_left_alone(customer: Customer) -> None:
    order = place(customer, number=77)
    bring_in([past_order(customer, number=77, lines=[MILL])], by=None)
    order.refresh_from_db()
    assert order.total == Decimal("25.00")


def test_of_rows_with_one_id_the_last_wins(customer: Customer) -> None:
    result = bring_in(
        [past_order(customer, number=7), past_order(customer, number=7, lines=[MILL])], by=None
    )
    assert result.created == 1
    assert Order.objects.get().total == Decimal("178.00")


def test_of_an_impossible_row_the_name_is_said_and_nothing_of_its_thousand_is_written(
    customer: Customer,
) -> None:
    bad = past_order(customer, number=77, refunds=[PastRefund(Decimal(1000), NOON)])
    with pytest.raises(ImpossibleRefunds) as refusal:
        bring_in([past_order(customer), bad], by=None)
    assert str(refusal.value) == "#77 of shop: 1000 EUR refunded, 25.00 paid"
    assert Order.objects.count() == 0


@pytest.mark.parametrize("status", ["voided", "pending", "expired"])
def test_what_was_given_back_had_been_paid_whatever_the_status_says(
    customer: Customer, status: str
) -> None:
    back = PastRefund(Decimal("9.00"), NOON)
    bring_in([past_order(customer, financial_status=status, refunds=[back])], by=None)
    order = Order.objects.get()
    assert (order.paid, order.refunded) == (Decimal("9.00"), Decimal("9.00"))


def test_a_broken_off_call_is_completed_by_the_next(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    rows = [past_order(customer) for _ in range(5)]

    def broken_off() -> Iterator[PastOrder]:
        yield from rows[:3]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        bring_in(broken_off(), by=None)
    assert Order.objects.count() == 2
    assert bring_in(rows, by=None) == importing.BroughtIn(created=3, known=2)
    customer.refresh_from_db()
    assert customer.orders_count == 5


def test_a_part_that_was_paid_is_known_by_its_amount(customer: Customer) -> None:
    row = past_order(customer, financial_status="partially_paid", paid=Decimal("5.00"))
    bring_in([row, past_order(customer, financial_status="paid")], by=None)
    assert set(Order.objects.values_list("financial_status", "paid")) == {
        ("partially_paid", Decimal("5.00")),
        ("paid", Decimal("25.00")),
    }


def test_a_called_off_order_keeps_its_reason(customer: Customer) -> None:
    row = past_order(
        customer, financial_status="voided", cancelled_at=NOON, cancel_reason="inventory"
    )
    bring_in([row], by=None)
    order = Order.objects.get()
    assert (order.cancelled_at, order.cancel_reason) == (NOON, "inventory")


@pytest.mark.parametrize("rows", [1, 300])
def test_more_rows_cost_no_more_statements(
    rows: int,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    people = [CustomerFactory() for _ in range(2)]
    orders = [past_order(people[n % 2], parcels=[shipped(line1=1)]) for n in range(rows)]
    with django_assert_max_num_queries(25):
        bring_in(orders, by=None)
    assert Parcel.objects.count() == rows
