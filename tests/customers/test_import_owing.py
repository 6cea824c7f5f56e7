"""What an import owes is paid beside its next step; if not, by whoever comes next."""

from __future__ import annotations

from itertools import islice
from threading import Thread

import pytest
from django.db import connection, transaction

from customers.importing.models import Import
from customers.importing.of_customers.writing import SEARCH
from customers.importing.owing import Debt, owe, pay_what_is_due
from customers.importing.tasks import sweep_imports
from customers.importing.working import steps, work
from customers.models import Customer, CustomerSearch
from customers.search_rows import refresh_what_search_reads
from tests.customers.import_files import checked, imported, many, table
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once
from tests.waiting import wait_until, waiting_connections


def found() -> int:
    return CustomerSearch.objects.filter(doc__contains="hauptstrasse").count()


def died_in_debt(one: Import) -> None:
    """As a worker leaves it that is killed behind a step, before anything of it can be found."""
    CustomerSearch.objects.all().delete()
    owe(one.pk, SEARCH, list(Customer.objects.values_list("pk", flat=True)))


@pytest.mark.django_db(transaction=True)
def test_what_search_reads_is_there_when_the_import_ends(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = imported(table(*many(9)))
    assert (one.stage, found(), Debt.objects.count()) == ("finished", 9, 0)


@pytest.mark.django_db(transaction=True)
def test_whoever_stops_in_the_middle_owes_nothing(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(9)))
    one.start(by=None, in_worker=False)
    taken = steps(one.pk)
    assert list(islice(taken, 2)) == ["importing"] * 2
    taken.close()
    # Two chunks each time: one of them ahead.
    assert (Customer.objects.count(), found(), Debt.objects.count()) == (8, 8, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("steps_before", [1, 2, 3])
def test_a_paused_import_whose_worker_died_pays_and_rests_on(settings, lead, steps_before):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=lead, in_worker=False)
    list(islice(steps(one.pk), steps_before))
    assert one.pause(by=lead)
    died_in_debt(one)
    assert (found(), sweep_imports()) == (0, 1)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.attempts, found()) == ("paused", 0, 2 * steps_before)
    assert sweep_imports() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["cancel", "undo", "fail"])
def test_one_that_has_ended_pays_first(settings, lead, end):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=lead, in_worker=False)
    list(islice(steps(one.pk), 2))
    died_in_debt(one)
    one.cancel(by=lead) if end != "fail" else one.give_up()
    if end == "undo":
        one.undo(by=lead, in_worker=False)
    work(one.pk)
    people = 0 if end == "undo" else 4
    assert (Customer.objects.count(), found(), Debt.objects.count()) == (people, people, 0)
    assert sweep_imports() == 0


@pytest.mark.django_db
def test_what_is_owed_by_one_that_is_long_over_is_paid_all_the_same():
    """A worker of the release before cleared it up and knew of no debts."""
    one = imported(table(*many(3)))
    died_in_debt(one)
    assert (found(), sweep_imports()) == (0, 1)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.attempts, found(), sweep_imports()) == ("finished", 0, 3, 0)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_pay_at_once_each_debt_is_paid_once():
    one = imported(table(*many(6)))
    for _ in range(5):
        died_in_debt(one)
    assert all_at_once(lambda _number: pay_what_is_due(one.pk)) == [None] * 8
    assert (found(), Debt.objects.count()) == (6, 0)


@pytest.mark.django_db(transaction=True)
def test_what_staff_save_meanwhile_is_what_search_finds():
    jana = CustomerFactory(last_name="Abt")
    payer = Thread(target=_pay_and_hang_up, args=[jana.pk])
    with transaction.atomic():
        jana.change(by=None, expected_version=jana.version, last_name="Zyx")
        payer.start()
        wait_until(waiting_connections, what="whoever pays")
    payer.join(timeout=20)
    assert " zyx " in CustomerSearch.objects.get(customer=jana).doc


@pytest.mark.django_db
def test_who_has_gone_meanwhile_is_left_out():
    jana = CustomerFactory()
    gone = CustomerFactory()
    gone_id = gone.pk
    gone.delete()
    CustomerSearch.objects.all().delete()
    refresh_what_search_reads([gone_id, jana.pk])
    assert list(CustomerSearch.objects.values_list("customer", flat=True)) == [jana.pk]


def _pay_and_hang_up(customer_id: int) -> None:
    try:
        refresh_what_search_reads([customer_id])
    finally:
        connection.close()
