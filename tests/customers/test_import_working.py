"""Killed, doubled, cancelled, raced: the work on an import."""

from __future__ import annotations

import io
import threading
import tracemalloc

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.conflicts import ChangedMeanwhile
from customers.importing.models import Import
from customers.importing.of_customers.models import ImportRow, StagedRow
from customers.importing.problems import FileRefused
from customers.importing.working import steps, work
from customers.models import Customer, Note
from customers.tasks import sweep, work_on_import
from events.models import Event
from shop.models import StoredFile
from tests.customers.import_files import checked, counts, imported, many, table
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once, beside

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}


def uploaded(content: bytes) -> Import:
    return Import.upload(io.BytesIO(content), name="customers.csv", by=None, in_worker=False)


def finished(one: Import) -> Import:
    work(one.pk)
    one.refresh_from_db()
    return one


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind(settings):
    settings.IMPORT_SIZE_LIMIT = 1000
    for content in (b"PK\x03\x04", b"x" * 1001):
        with pytest.raises(FileRefused):
            uploaded(content)
    assert (Import.objects.count(), StoredFile.objects.count(), Event.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_a_file_that_breaks_off_further_down_is_refused_with_the_line(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(5)) + b'9,"open')
    assert (one.stage, one.refusal) == (
        "failed",
        "Line 7: A quotation mark is opened and never closed.",
    )
    assert (StagedRow.objects.count(), Customer.objects.count()) == (0, 0)
    assert Event.objects.get(name="import.failed").plain == {"reason": "open_quote"}


@pytest.mark.django_db
def test_an_import_starts_once_and_only_after_its_check():
    one = uploaded(table(JANA))
    assert not one.start(by=None, in_worker=False)
    assert finished(one).start(by=None, in_worker=False)
    assert not one.start(by=None, in_worker=False)
    assert Event.objects.filter(name="import.started").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_chunk_that_is_cancelled_while_it_is_written_is_undone(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(4)))
    one.start(by=None, in_worker=False)

    def hold_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE customers_identity IN SHARE MODE")  # read, not written

    done = beside(hold_up, lambda: list(steps(one.pk)), meanwhile=lambda: one.cancel(by=None))
    one.refresh_from_db()
    assert (done, one.stage, one.done_count) == ([], "cancelled", 0)
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_a_turn_ends_in_time_and_is_handed_on_but_reads_a_file_to_its_end(settings):
    settings.IMPORT_CHUNK_ROWS = 2
    settings.IMPORT_SLICE_SECONDS = 0
    one = uploaded(table(*many(5)))
    turns = 0
    while Import.objects.with_work().exists():
        work_on_import(one.pk)
        turns += 1
    assert turns == 4  # 3 + 1 to check, and all of the reading before the first
    work_on_import(one.pk)
    work_on_import(0)


@pytest.mark.django_db
def test_the_sweep_finds_what_nobody_was_told_of(monkeypatch):
    waiting, started = uploaded(table(JANA)), checked(table(JANA))
    started.start(by=None, in_worker=False)
    checked(table(JANA))
    imported(table(JANA))
    told: list[int] = []
    monkeypatch.setattr(
        "customers.turns.tell_worker",
        lambda _task, pk, _turn, queue, after: told.append(pk) or True,
    )
    assert sweep() == 2
    assert sorted(told) == sorted([waiting.pk, started.pk])


@pytest.mark.django_db
def test_an_open_form_of_staff_does_not_overwrite_an_import(agent):
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")
    imported(table({**JANA, "Note": "from the file"}))
    with pytest.raises(ChangedMeanwhile):
        jana.change(by=agent, expected_version=jana.version, note="from the form")


@pytest.mark.django_db(transaction=True)
def test_somebody_who_takes_an_address_meanwhile_is_joined_not_doubled():
    one = checked(table(JANA))
    one.start(by=None, in_worker=False)

    def take_it() -> None:
        CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")

    beside(take_it, lambda: work(one.pk))
    one.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (0, 0, 1, 0))
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_rows(settings):
    def queries(content: bytes) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            imported(content)
        return len(captured)

    queries(table(*many(1)))
    few, lots = (
        table(*many(30)),
        table(
            *many(1),
            *(
                {
                    **row,
                    "Customer ID": f"5{row['Customer ID']}",
                    "Email": f"x{row['Email']}" if row["Email"] else "",
                    "Phone": "",
                }
                for row in many(600)
            ),
        ),
    )
    assert queries(lots) == queries(few)


@pytest.mark.django_db
def test_six_times_as_many_rows_take_no_more_memory(settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 100
    # So that the smaller file, too, is longer than what is held of a file at once.
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 13)

    def peak(count: int, prefix: str) -> int:
        content = table(
            *(
                {
                    **row,
                    "Customer ID": prefix + row["Customer ID"],
                    "Email": prefix + row["Email"] if row["Email"] else "",
                }
                for row in many(count)
            )
        )
        one = uploaded(content)
        del content
        tracemalloc.start()
        finished(one).start(by=None, in_worker=False)
        finished(one)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert one.created_count == count
        return found

    peak(200, "1")
    assert peak(1800, "2") < 1.5 * peak(300, "3")


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_customer_once(settings):
    settings.IMPORT_CHUNK_ROWS = 20
    ones = [checked(table(*many(100))), checked(table(*reversed(list(many(100)))))]
    for one in ones:
        one.start(by=None, in_worker=False)
    _together([lambda one=one: work(one.pk) for one in ones])
    for one in ones:
        one.refresh_from_db()
    assert [one.stage for one in ones] == ["finished", "finished"]
    assert sum(one.created_count for one in ones) == Customer.objects.count() == 100
    assert sum(one.unchanged_count for one in ones) == 100


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_one_import_do_its_work_once(settings):
    settings.IMPORT_CHUNK_ROWS = 10
    one = checked(table(*many(100)))
    one.start(by=None, in_worker=False)
    _together([lambda: work(one.pk)] * 4)
    assert (finished(one).stage, counts(one)) == ("finished", (100, 0, 0, 0))
    assert (Customer.objects.count(), ImportRow.objects.count()) == (100, 100)


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_leaves_a_step_that_is_under_way_alone():
    one = uploaded(table(JANA))
    begun, over = threading.Event(), threading.Event()
    holder = threading.Thread(target=_hold, args=[one.pk, begun, over])
    holder.start()
    begun.wait(10)
    assert list(steps(one.pk)) == []
    over.set()
    holder.join()
    assert finished(one).stage == "checked"


@pytest.mark.django_db(transaction=True)
def test_who_comes_too_late_has_not_failed(monkeypatch):
    """However many workers are sent to one import at once, it is not taken for broken."""
    one = uploaded(table(JANA))
    begin, over, holders = Import.begin_turn, threading.Event(), []

    def overtaken(import_id: int) -> bool:
        is_begun, begun = begin(import_id), threading.Event()
        holders.append(threading.Thread(target=_hold, args=[import_id, begun, over]))
        holders[-1].start()
        begun.wait(10)
        return is_begun

    monkeypatch.setattr(Import, "begin_turn", overtaken)
    assert list(steps(one.pk)) == []
    over.set()
    holders[0].join()
    one.refresh_from_db()
    assert (one.attempts, one.stage) == (0, "reading")


def _hold(import_id: int, begun: threading.Event, over: threading.Event) -> None:
    with transaction.atomic():
        Import.take_turn(import_id)
        begun.set()
        over.wait(10)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_note_does_not_wait_for_an_import(agent):
    jana = CustomerFactory(email="jana@example.de")
    one = checked(table({**JANA, "Note": "from the file"}))
    one.start(by=None, in_worker=False)

    def write_note() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        Note.write(jana, by=agent, text="They rang.")

    with transaction.atomic():
        for _stage in steps(one.pk):
            break
        _together([write_note])
    assert jana.notes.count() == 1


def _together(jobs) -> None:
    outcomes = all_at_once(lambda number: jobs[number](), threads=len(jobs))
    assert [one for one in outcomes if isinstance(one, Exception)] == []
