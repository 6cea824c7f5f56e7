"""What orders add up to."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from threading import Event as Signal
from threading import Thread

from django.db import connection, transaction

from customers import figures
from customers.models import Customer
from tests.factories.customers import CustomerFactory

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
LAST = datetime(2026, 3, 1, tzinfo=UTC)


def set_for(customer: Customer, spent: str) -> int:
    with transaction.atomic():
        figures.lock([customer.pk])
        row = figures.Figures(customer.pk, 3, Decimal(spent), FIRST, LAST)
        return figures.set_figures([row])


def test_figures_are_set_and_take_the_place_of_the_exports(db: None) -> None:
    jana = CustomerFactory(figures_from_export=True, orders_count=9)
    assert set_for(jana, "120.50") == 1
    jana.refresh_from_db()
    assert (jana.orders_count, jana.amount_spent, jana.last_order_at) == (
        3,
        Decimal("120.50"),
        LAST,
    )
    assert jana.figures_from_export is False


def test_the_same_figures_again_write_nothing(db: None) -> None:
    jana = CustomerFactory()
    set_for(jana, "120.50")
    assert set_for(jana, "120.50") == 0


def test_an_open_form_stays_valid(db: None) -> None:
    jana = CustomerFactory()
    set_for(jana, "120.50")
    jana.refresh_from_db()
    assert jana.version == 1


def test_nobody_is_no_trouble(db: None) -> None:
    assert figures.set_figures([]) == 0


def test_who_comes_second_waits_for_the_lock(transactional_db: None) -> None:
    jana = CustomerFactory()
    done = Signal()

    def second() -> None:
        set_for(jana, "2.00")
        done.set()
        connection.close()

    with transaction.atomic():
        figures.lock([jana.pk])
        thread = Thread(target=second)
        thread.start()
        assert not done.wait(0.3)
        figures.set_figures([figures.Figures(jana.pk, 1, Decimal("1.00"), FIRST, FIRST)])
    thread.join()
    jana.refresh_from_db()
    assert jana.amount_spent == Decimal("2.00")
