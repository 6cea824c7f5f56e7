"""What customers bought is added up once, when all orders of a file are written."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Import
from customers.importing.owing import settle_up
from customers.importing.working import steps, work
from customers.models import Customer
from tests.factories.customers import CustomerFactory
from tests.orders.import_files import checked, imported, order, table

if TYPE_CHECKING:
    from accounts.models import User

BUYERS = 3


@pytest.fixture
def buyers(settings: Any) -> list[Customer]:
    """Each of them orders twice, in files whose steps hold two orders."""
    settings.IMPORT_CHUNK_ROWS = 2
    return [CustomerFactory(email=f"buyer{number}@example.de") for number in range(BUYERS)]


def twice_each() -> bytes:
    return table(
        *(order(Name=f"#{n}", Email=f"buyer{n % BUYERS}@example.de") for n in range(2 * BUYERS))
    )


def counts(buyers: list[Customer]) -> list[int]:
    of = dict(Customer.objects.values_list("pk", "orders_count"))
    return [of[buyer.pk] for buyer in buyers]


def begun(by: User | None = None, *, steps_taken: int) -> Import:
    one = checked(twice_each())
    one.start(by=by, in_worker=False)
    assert len(list(islice(steps(one.pk), steps_taken))) == steps_taken
    return one


@pytest.mark.django_db
def test_nobody_is_added_up_before_the_last_order(buyers: list[Customer]) -> None:
    one = begun(steps_taken=3)
    assert (counts(buyers), one.debts.filter(waits=True).count()) == ([0] * BUYERS, 3)
    one.refresh_from_db()
    assert one.settles_up
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(buyers), one.debts.count()) == ("finished", [2] * BUYERS, 0)


@pytest.mark.django_db
def test_of_many_debts_for_one_customer_one_is_left(buyers: list[Customer]) -> None:
    one = begun(steps_taken=3)
    assert sum(len(debt.ids) for debt in one.debts.all()) == 2 * BUYERS
    settle_up(one.pk)
    [debt] = one.debts.all()
    assert (debt.ids, debt.waits) == (sorted(buyer.pk for buyer in buyers), False)
    assert counts(buyers) == [0] * BUYERS
    settle_up(one.pk)
    assert counts(buyers) == [2] * BUYERS


@pytest.mark.django_db(transaction=True)
def test_two_connections_add_up_at_once(buyers: list[Customer]) -> None:
    one = imported(twice_each())
    assert (one.stage, counts(buyers), one.debts.count()) == ("finished", [2] * BUYERS, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("steps_taken", [3, 4])
def test_who_comes_after_a_killed_worker_adds_up(buyers: list[Customer], steps_taken: int) -> None:
    one = begun(steps_taken=steps_taken)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(buyers)) == ("finished", [2] * BUYERS)


@pytest.mark.django_db
def test_a_pause_is_time_to_add_up(buyers: list[Customer], lead: User) -> None:
    one = begun(lead, steps_taken=2)
    one.pause(by=lead)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, sum(counts(buyers)), one.debts.count()) == ("paused", 4, 0)


@pytest.mark.django_db
def test_what_was_written_before_a_cancellation_is_added_up(
    buyers: list[Customer], lead: User
) -> None:
    one = begun(lead, steps_taken=2)
    one.cancel(by=lead)
    work(one.pk)
    assert (sum(counts(buyers)), one.debts.count(), one.staged.count()) == (4, 0, 0)


@pytest.mark.django_db
def test_a_cancelled_import_keeps_no_rows_of_people_though_it_cannot_pay(
    buyers: list[Customer], lead: User
) -> None:
    one = begun(lead, steps_taken=2)
    one.cancel(by=lead)
    one.debts.update(what="nobody knows")
    with pytest.raises(KeyError):
        work(one.pk)
    assert (one.staged.count(), one.debts.count()) == (0, 1)


@pytest.mark.django_db
def test_a_sum_beyond_all_money_is_the_most_that_there_is() -> None:
    jana = CustomerFactory(email="jana@example.de")
    dear = "9999999999.00"
    imported(table(*(order(Name=f"#{n}", Total=dear) for n in range(101))))
    jana.refresh_from_db()
    assert (jana.orders_count, jana.amount_spent) == (101, Decimal("999999999999.99"))
