"""Messages that workers are told of long work by: of each job one goes round, however many come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from customers.bulk.models import BulkChange
from customers.bulk.stages import Kind
from customers.importing.models import Import
from customers.importing.working import steps
from customers.tasks import sweep, work_on_bulk_change, work_on_import
from tests.customers.bulk_changes import asked, five
from tests.customers.import_files import many, table
from tests.customers.test_import_working import uploaded

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

TASKS: dict[str, Callable[..., None]] = {
    Import.TASK: work_on_import,
    BulkChange.TASK: work_on_bulk_change,
}
Message = tuple[str, int, int]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[Message]:
    """What waits for the one worker, whose every turn is a step."""
    settings.IMPORT_CHUNK_ROWS = settings.BULK_PIECE_ROWS = 2
    settings.IMPORT_SLICE_SECONDS = settings.BULK_SLICE_SECONDS = 0
    waiting: list[Message] = []

    def tell(task: str, pk: int, turn: int, *, queue: str, after: float) -> bool:
        waiting.append((task, pk, turn))
        return True

    monkeypatch.setattr("customers.turns.tell_worker", tell)
    return waiting


def take_first(line: list[Message]) -> str:
    task, *numbers = line.pop(0)
    TASKS[task](*numbers)
    return task


def turns_of(one: Import | BulkChange) -> int:
    one.refresh_from_db()
    return one.turn


def test_however_often_they_are_told_of_jobs_take_turns(line: list[Message], agent: User) -> None:
    five()
    first = uploaded(table(*many(12)))
    for _minute in range(5):
        sweep()
    change = asked(Kind.TAG, "VIP", by=agent)
    for _minute in range(5):
        sweep()
    for minute in range(1, 7):
        while turns_of(first) + turns_of(change) < minute:
            take_first(line)
        sweep()
    assert (turns_of(first), turns_of(change)) == (3, 3)
    while line:
        take_first(line)
    first.refresh_from_db()
    change.refresh_from_db()
    assert (first.stage, change.stage) == ("checked", "finished")


def test_no_more_messages_pile_up_than_one_of_each_minute(line: list[Message]) -> None:
    one = uploaded(table(*many(24)))
    for minute in range(1, 11):
        sweep()
        while turns_of(one) < minute:
            take_first(line)
        assert len(line) <= 2


def test_of_messages_for_one_turn_the_first_is_heeded(line: list[Message]) -> None:
    one = uploaded(table(*many(12)))
    assert (sweep(), sweep(), sweep()) == (1, 1, 1)
    for _ in range(3):
        take_first(line)
    assert (turns_of(one), line) == (1, [(Import.TASK, one.pk, 1)])


def test_a_turn_that_came_to_nothing_is_asked_for_by_the_sweep(
    line: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = uploaded(table(*many(4)))
    sweep()
    with monkeypatch.context() as failing:
        failing.setattr("customers.importing.tasks.work", lambda *_args, **_more: 1 / 0)
        take_first(line)
    assert (len(line), sweep()) == (0, 1)
    take_first(line)
    assert turns_of(one) == 2
    assert next(steps(one.pk)) == "checking"


def test_of_what_has_nothing_left_to_do_no_message_goes_round(line: list[Message]) -> None:
    one = uploaded(table(*many(2)))
    sweep()
    assert one.cancel(by=None)
    take_first(line)
    assert line == []
    take_first([(Import.TASK, 0, 0)])
    work_on_bulk_change(0, 0)
    assert turns_of(one) == 1


def test_a_turn_that_reads_a_long_file_is_not_cut_off_nor_given_to_another(settings: Any) -> None:
    lost_after = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    longest = work_on_import.soft_time_limit
    assert 10 * settings.CELERY_TASK_SOFT_TIME_LIMIT < longest < work_on_import.time_limit
    assert work_on_import.time_limit < lost_after
