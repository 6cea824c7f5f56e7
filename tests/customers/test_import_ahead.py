"""Two steps of an import side by side: the second counts only behind the first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import pytest
from django.db import connection, transaction

from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Customer, CustomerSearch, Identity
from tests.customers.import_files import checked, counts, many, table
from tests.factories.customers import CustomerFactory
from tests.waiting import wait_until, waiting_connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small_steps(settings) -> None:
    settings.IMPORT_CHUNK_ROWS = 2


def started(rows: int) -> Import:
    one = checked(table(*many(rows)))
    one.start(by=None, in_worker=False)
    return one


def at_work(one: Import) -> Thread:
    def run() -> None:
        try:
            work(one.pk)
        finally:
            connection.close()

    worker = Thread(target=run)
    worker.start()
    return worker


def stand_in_the_way(*emails: str) -> None:
    """Of whoever takes one of these addresses: they wait until the caller's transaction ends."""
    for email in emails:
        CustomerFactory(email=email)


class RolledBackError(Exception):
    pass


@pytest.mark.parametrize(("is_on", "rows_each"), [(True, 4), (False, 2)])
def test_side_by_side_or_not_the_same_comes_of_it(settings, is_on, rows_each):
    settings.IMPORT_AHEAD = is_on
    one = started(15)
    seen = dict.fromkeys(_committed(one) for _step in steps(one.pk))
    assert list(seen) == [*range(rows_each, 15, rows_each), 15]
    one.refresh_from_db()
    assert (one.stage, counts(one), one.done_count) == ("finished", (15, 0, 0, 0), 15)
    assert list(one.rows.order_by("line").values_list("line", flat=True)) == list(range(2, 17))
    assert (Customer.objects.count(), CustomerSearch.objects.count()) == (15, 15)


def test_a_step_ahead_is_there_only_once_the_one_before_is():
    """The first waits for somebody; the second is written, and nobody sees it."""
    one = started(6)
    with suppress(RolledBackError), transaction.atomic():
        stand_in_the_way("person1@example.de")
        worker = at_work(one)
        wait_until(lambda: waiting_connections() == 2, what="one step for us, one for the other")
        assert Customer.objects.count() == 1
        raise RolledBackError
    worker.join(timeout=20)
    one.refresh_from_db()
    assert (one.stage, counts(one), Customer.objects.count()) == ("finished", (6, 0, 0, 0), 6)


@pytest.mark.parametrize("stop", [Import.pause, Import.cancel])
def test_it_goes_with_a_step_before_it_that_is_undone(stop: Callable[..., object]):
    one = started(6)
    with suppress(RolledBackError), transaction.atomic():
        stand_in_the_way("person1@example.de")
        worker = at_work(one)
        wait_until(lambda: waiting_connections() == 2, what="both steps at their gates")
        stopper = Thread(target=_and_hang_up, args=[stop, one])
        stopper.start()
        stopper.join(timeout=20)
        raise RolledBackError
    worker.join(timeout=20)
    assert Customer.objects.count() == 0
    one.refresh_from_db()
    assert (one.done_count, counts(one)) == (0, (0, 0, 0, 0))


def _and_hang_up(stop: Callable[..., object], one: Import) -> None:
    try:
        stop(one, by=None)
    finally:
        connection.close()


def test_one_that_meets_somebody_new_is_lost_and_taken_in_its_turn():
    """Lines 4 and 5 go ahead; whom line 4 speaks of comes by other hands at that moment."""
    one = started(6)
    with transaction.atomic():
        stand_in_the_way("person2@example.de")
        worker = at_work(one)
        wait_until(
            lambda: waiting_connections() == 1 and _committed(one) == 2, what="the first step"
        )
    worker.join(timeout=20)
    one.refresh_from_db()
    assert (one.stage, counts(one), Customer.objects.count()) == ("finished", (5, 1, 0, 0), 6)
    assert Identity.objects.filter(key="person2@example.de").count() == 1


def _committed(one: Import) -> int:
    return Import.objects.values_list("done_count", flat=True).get(pk=one.pk)


def test_one_whose_connection_breaks_is_lost_and_taken_in_its_turn():
    one = started(6)
    with suppress(RolledBackError), transaction.atomic():
        stand_in_the_way("person2@example.de")
        worker = at_work(one)
        wait_until(
            lambda: waiting_connections() == 1 and _committed(one) == 2, what="the first step"
        )
        (ahead,) = _waiting()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [ahead])
        wait_until(lambda: _waiting() not in ([], [ahead]), what="another try on another line")
        raise RolledBackError
    worker.join(timeout=20)
    one.refresh_from_db()
    assert (one.stage, counts(one), Customer.objects.count()) == ("finished", (6, 0, 0, 0), 6)


def _waiting() -> list[int]:
    """Whoever waits for a lock, by their processes at the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT pid FROM pg_locks WHERE NOT granted ORDER BY pid")
        return [pid for (pid,) in cursor.fetchall()]


def test_whom_another_import_brings_by_the_same_row_is_not_brought_twice():
    """Without an id or an address. The other one comes between writing ahead and its turn."""
    nameless = {"First Name": "Kim", "Last Name": "Ng", "Phone": "+49170999"}
    one = checked(table(*many(2), nameless, {"First Name": "Lou", "Last Name": "Abt"}))
    other = checked(table(nameless))
    for started in (one, other):
        started.start(by=None, in_worker=False)
    with suppress(RolledBackError), transaction.atomic():
        stand_in_the_way("person1@example.de")
        workers = [at_work(one)]
        wait_until(lambda: waiting_connections() == 2, what="both steps at their gates")
        workers.append(at_work(other))
        wait_until(lambda: waiting_connections() == 3, what="the other import behind us")
        raise RolledBackError
    for worker in workers:
        worker.join(timeout=20)
    assert Customer.objects.filter(first_name="Kim").count() == 1
    assert (Customer.objects.count(), _committed(one), _committed(other)) == (4, 4, 1)
