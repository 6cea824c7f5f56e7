"""Workers killed, a database that crashes, steps that fail, staff who save: nothing is lost."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection, transaction

from core.conflicts import ChangedMeanwhile
from customers.importing.models import Import
from customers.importing.of_customers.models import StagedRow
from customers.importing.problems import FileRefused
from customers.importing.tasks import work_on_import
from customers.importing.working import steps, work
from customers.models import Customer
from events.models import Event
from tests.customers.import_files import checked, counts, imported, many, table
from tests.customers.test_import_working import JANA, finished, uploaded
from tests.factories.customers import CustomerFactory
from tests.waiting import wait_until, waiting_connections


@pytest.mark.django_db
@pytest.mark.parametrize("killed_after", range(1, 11))
def test_a_worker_killed_anywhere_is_followed_by_one_that_goes_on(settings, killed_after):
    settings.IMPORT_CHUNK_ROWS = 3
    content = table(*many(10), {"Email": "broken"}, {"Email": "person1@example.de", "Note": "last"})
    one = uploaded(content)
    done = 0
    for _turn in range(30):
        for _stage in steps(one.pk):
            done += 1
            if done % killed_after == 0:
                break
        one.refresh_from_db()
        if one.stage == "checked":
            one.start(by=None, in_worker=False)
    assert (one.stage, counts(one)) == ("finished", (10, 0, 0, 2))
    assert (one.rows_count, one.done_count, Customer.objects.count()) == (12, 12, 10)
    assert Customer.objects.get(note="last").primary_email == "person1@example.de"
    assert StagedRow.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("crash_after", range(1, 13))
def test_rows_lost_in_a_crash_of_the_database_are_read_again(settings, crash_after):
    """Whether it was reading, checking, ready, importing, or reading again after a crash."""
    settings.IMPORT_CHUNK_ROWS = 3
    one = uploaded(table(*many(10)))
    done = 0
    for _turn in range(30):
        for _stage in steps(one.pk):
            done += 1
            if done in {crash_after, crash_after + 2}:
                StagedRow.objects.all().delete()
                break  # the worker's connection went as well
        one.refresh_from_db()
        if one.stage == "checked":
            assert counts(one) == (10, 0, 0, 0)
            one.start(by=None, in_worker=False)
    assert (one.stage, counts(one), one.rows_count) == ("finished", (10, 0, 0, 0), 10)
    assert Customer.objects.count() == 10


def broken(one: Import) -> Import:
    """Its next step fails, whoever tries: a row that no column takes."""
    StagedRow.objects.filter(of_import=one, line__gt=3).update(first_name="x" * 500)
    for _ in range(Import.MAX_ATTEMPTS + 2):
        work_on_import(one.pk)
    one.refresh_from_db()
    return one


@pytest.mark.django_db
def test_an_import_that_cannot_be_worked_on_says_so_and_is_tried_again_on_request(settings, lead):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(5)))
    one.start(by=lead, in_worker=False)
    assert (broken(one).stage, one.is_broken, one.done_count) == ("failed", True, 2)
    assert "The file is not to blame." in one.refusal
    assert not Import.objects.with_work().exists()
    assert Event.objects.get(name="import.failed").plain == {"reason": "broken"}
    assert one.try_again(by=lead)
    assert not one.try_again(by=lead)
    assert Event.objects.filter(name="import.tried_again", actor_id=lead.pk).count() == 1
    assert (finished(one).stage, counts(one)) == ("finished", (5, 0, 0, 0))
    assert (one.failure, Customer.objects.count()) == ([], 5)


@pytest.mark.django_db
def test_an_import_that_somebody_asked_to_undo_is_never_tried_again(settings, lead):
    """Under way, stopped or done: its rows would come back behind those that are gone."""
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(5)))
    one.start(by=lead, in_worker=False)
    assert broken(one).undo(by=lead, in_worker=False)
    asked = one.try_again(by=lead), one.is_broken, Import.objects.broken().exists()
    Import.objects.filter(pk=one.pk).update(attempts=Import.MAX_ATTEMPTS)
    assert (finished(one).stage, one.is_undoable) == ("failed", True)
    stopped = one.try_again(by=lead), one.is_broken, Import.objects.broken().exists()
    assert one.undo(by=lead, in_worker=False)
    assert (finished(one).stage, Customer.objects.count()) == ("undone", 0)
    over = one.try_again(by=lead), one.is_broken, Import.objects.broken().exists()
    assert asked == stopped == over == (False, False, False)


@pytest.mark.django_db
def test_a_dry_run_that_broke_is_tried_again_from_the_first_line(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = uploaded(table(*many(5)))
    for _ in zip(range(4), steps(one.pk), strict=False):
        pass
    StagedRow.objects.filter(line=5).update(country="x" * 500, has_address=False)
    one.refresh_from_db()
    Import.objects.filter(pk=one.pk).update(attempts=Import.MAX_ATTEMPTS)
    work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.is_broken) == ("failed", True)
    assert one.try_again(by=None)
    assert (finished(one).stage, counts(one), one.rows_count) == ("checked", (5, 0, 0, 0), 5)


@pytest.mark.django_db
def test_a_file_that_takes_its_workers_with_it_is_put_aside():
    """A killed worker leaves nothing but the try that was counted before it began."""
    one = uploaded(table(JANA))
    for _ in range(Import.MAX_ATTEMPTS):
        assert Import.begin_turn(one.pk)
    assert list(steps(one.pk)) == []
    one.refresh_from_db()
    assert (one.stage, one.is_broken) == ("failed", True)


@pytest.mark.django_db
def test_tries_count_only_in_a_row(settings):
    settings.IMPORT_CHUNK_ROWS = 1
    one = uploaded(table(*many(Import.MAX_ATTEMPTS + 3)))
    assert (finished(one).stage, one.attempts) == ("checked", 0)


@pytest.mark.django_db
def test_a_file_refused_after_the_start_ends_the_import():
    one = checked(table(JANA))
    one.start(by=None, in_worker=False)
    one.fail(FileRefused("open_quote", line=7))
    assert (one.stage, one.is_broken, one.try_again(by=None)) == ("failed", False, False)


@pytest.mark.django_db
def test_an_import_that_misses_rows_is_never_called_finished(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=None, in_worker=False)
    StagedRow.objects.filter(of_import=one, line=4).delete()
    assert (finished(one).stage, one.failure) == ("failed", ["rows_lost", ""])
    assert not one.try_again(by=None)
    again = imported(table(*many(6)))
    assert (counts(again), Customer.objects.count()) == ((1, 0, 5, 0), 6)


@pytest.mark.django_db(transaction=True)
def test_what_staff_save_while_an_import_plans_is_there_for_it() -> None:
    """It waits for them before it looks: a gap that they fill is none, and their word stays."""
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")
    row = {**JANA, "Default Address Company": "Café", "Note": "from the shop"}
    one = checked(table(row), only_fills_gaps=True)
    one.start(by=None, in_worker=False)
    worker = Thread(target=_work_and_hang_up, args=[one.pk])
    with transaction.atomic():
        jana.change(by=None, expected_version=jana.version, company="Rösterei")
        worker.start()
        wait_until(waiting_connections, what="the import's waiting")
    worker.join(timeout=20)
    version = jana.version
    one.refresh_from_db()
    jana.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (0, 1, 0, 0))
    assert (jana.company, jana.note) == ("Rösterei", "from the shop")
    assert jana.version == version + 1
    with pytest.raises(ChangedMeanwhile):
        jana.change(by=None, expected_version=version, company="Abt")
    assert list(one.rows.get().changes) == ["note"]


def _work_and_hang_up(import_id: int) -> None:
    try:
        work(import_id)
    finally:
        connection.close()
