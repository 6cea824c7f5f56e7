"""An import that somebody lets rest: it goes on where it was, or is cancelled."""

from __future__ import annotations

from itertools import islice

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.importing.models import Import
from customers.importing.of_customers.models import MatchedRow, StagedRow
from customers.importing.tasks import sweep_imports, work_on_import
from customers.importing.working import steps, work
from customers.models import Customer
from events.models import Event
from tests.customers.import_files import checked, counts, many, table
from tests.customers.test_import_working import JANA, finished, uploaded
from tests.threads import all_at_once


@pytest.mark.django_db
@pytest.mark.parametrize("steps_before", [0, 2, 4])
def test_a_paused_import_rests_and_goes_on_where_it_was(settings, lead, steps_before):
    settings.IMPORT_CHUNK_ROWS = 2
    one = uploaded(table(*many(4)))
    list(islice(steps(one.pk), steps_before))
    assert one.pause(by=lead)
    assert not one.pause(by=lead)
    done = (one.read_line, one.done_line)
    assert (list(steps(one.pk)), one.stage, one.is_working) == ([], "paused", False)
    assert sweep_imports() == 0
    assert one.resume(by=lead)
    assert not one.resume(by=lead)
    assert ((one.read_line, one.done_line), one.paused_by) == (done, None)
    finished(one).start(by=lead, in_worker=False)
    assert next(steps(one.pk)) == "importing"
    assert one.pause(by=lead)
    assert (list(steps(one.pk)), Customer.objects.count()) == ([], 2)
    assert one.resume(by=lead)
    assert (finished(one).stage, counts(one)) == ("finished", (4, 0, 0, 0))
    names = Event.objects.filter(name__in=["import.paused", "import.resumed"])
    assert list(names.order_by("id").values_list("name", flat=True)) == [
        *("import.paused", "import.resumed"),
        *("import.paused", "import.resumed"),
    ]


@pytest.mark.django_db
def test_only_what_works_can_be_paused_and_a_paused_one_can_be_cancelled(lead):
    ready = checked(table(JANA))
    assert not ready.pause(by=lead)
    assert not ready.resume(by=lead)
    one = uploaded(table(JANA))
    assert one.pause(by=lead)
    assert not one.start(by=lead, in_worker=False)
    assert one.cancel(by=lead)
    assert not one.resume(by=lead)
    assert (finished(one).stage, Customer.objects.count()) == ("cancelled", 0)


@pytest.mark.django_db
@pytest.mark.parametrize("steps_before", [0, 1, 3, 5])
def test_what_was_on_its_way_is_cleared_up_by_a_worker(settings, steps_before):
    settings.IMPORT_CHUNK_ROWS = 2
    one = uploaded(table(*many(4)))
    for _stage in islice(steps(one.pk), steps_before):
        pass
    waiting = StagedRow.objects.count()
    assert waiting == min(2 * steps_before, 4)
    with CaptureQueriesContext(connection) as queries:
        assert one.cancel(by=None)
    assert not [query for query in queries if query["sql"].startswith("DELETE")]
    assert (StagedRow.objects.count(), sweep_imports()) == (waiting, 1)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, StagedRow.objects.count(), sweep_imports()) == ("cancelled", 0, 0)
    assert MatchedRow.objects.count() == 0


@pytest.mark.django_db
def test_clearing_up_is_never_given_up(settings, monkeypatch):
    one = uploaded(table(JANA))
    next(steps(one.pk))
    assert one.cancel(by=None)
    with monkeypatch.context() as failing:
        failing.setattr(Import, "forget_staged", lambda _one: 1 / 0)
        for _ in range(2 * Import.MAX_ATTEMPTS):
            work_on_import(one.pk)
    assert (StagedRow.objects.count(), sweep_imports()) == (1, 1)
    for _ in range(2):
        work_on_import(one.pk)
    assert (StagedRow.objects.count(), finished(one).stage) == (0, "cancelled")


@pytest.mark.django_db(transaction=True)
def test_a_click_on_cancel_waits_for_no_step_that_marks_rows() -> None:
    one = uploaded(table(JANA))
    next(steps(one.pk))

    def cancel(_number: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return Import.objects.get(pk=one.pk).cancel(by=None)

    with transaction.atomic():
        one.staged.update(is_usable=False)
        assert all_at_once(cancel, threads=1) == [True]
    assert finished(one).stage == "cancelled"


@pytest.mark.django_db
def test_a_cancelled_import_keeps_what_was_written_and_stops(settings, lead):
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=lead, in_worker=False)
    assert next(steps(one.pk)) == "importing"
    assert one.cancel(by=lead)
    assert not one.cancel(by=lead)
    assert (finished(one).stage, Customer.objects.count(), StagedRow.objects.count()) == (
        "cancelled",
        2,
        0,
    )
