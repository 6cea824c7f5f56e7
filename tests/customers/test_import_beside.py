"""A file read by two processes: the same comes of it, and the second never outlives its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from structlog.testing import capture_logs

from customers.importing import beside
from customers.importing.beside import (
    Batch,
    SecondReader,
    Sharing,
    Values,
    ValuesOf,
    batches_of,
    values_of,
)
from customers.importing.files import Record
from customers.importing.models import Import, Stage
from customers.importing.problems import FileRefused
from customers.importing.working import steps
from tests.customers.import_files import many, table
from tests.customers.test_import_working import finished, uploaded
from tests.customers.two_readers import (
    Counting,
    messy,
    opened,
    read_alone,
    read_by_two,
    second_readers,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "BATCH", 3)
    monkeypatch.setattr(beside, "MOST_GIVEN", 2)
    monkeypatch.setattr(beside, "MOST_HELD", 4)


FILES = {
    "messy": table(*messy(list(many(300)), seed=1)),
    "broken off": table(*messy(list(many(200)), seed=2)) + b'1,"An"na",x\r\n' + table(*many(9)),
    "with an open quote": table(*many(50)) + b'7,"Anna',
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_the_same_comes_of_a_file_whoever_reads_it(content: bytes) -> None:
    alone = read_alone(content)
    by_two, read_here = read_by_two(content)
    assert by_two == alone
    assert 0 < read_here < len(alone.values)


def test_what_a_killed_one_has_not_answered_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stopped before it could answer, and killed while its first answer is waited for."""
    monkeypatch.setattr(beside, "LONGEST_SILENCE", 60)

    def lose(here: Counting) -> None:
        (second,) = second_readers()
        os.kill(second, signal.SIGSTOP)
        Thread(target=kill, args=[here, second]).start()

    def kill(here: Counting, second: int) -> None:
        wait_until(lambda: here.count > 6, what="two batches given, and the next ones read")
        os.kill(second, signal.SIGKILL)

    alone = read_alone(FILES["messy"])
    assert read_by_two(FILES["messy"], before=lose) == (alone, len(alone.values))


@pytest.mark.parametrize("batch", [3, 3000], ids=["is waited for", "does not listen"])
def test_what_one_at_a_standstill_has_not_answered_is_read_here(
    monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """A small batch it is given and does not answer; a large one cannot even be given to it."""
    monkeypatch.setattr(beside, "LONGEST_SILENCE", 1)
    monkeypatch.setattr(beside, "BATCH", batch)
    content = table(*messy(list(many(2 * batch + 20)), seed=1))
    alone = read_alone(content)

    def stop(_here: Counting) -> None:
        (second,) = second_readers()
        os.kill(second, signal.SIGSTOP)

    assert read_by_two(content, before=stop) == (alone, len(alone.values))
    assert second_readers() == []


@dataclass
class Failing:
    """Fails as a reader of ours might, with a cell in its words."""

    read: ValuesOf

    def __call__(self, group: list[Record]) -> Values:
        raise RuntimeError(group[0].cells)


def test_an_error_in_the_second_process_shows_no_cells(capfd: pytest.CaptureFixture[str]) -> None:
    content = table(*many(20))
    read, groups, weight = opened(content)
    with closing(SecondReader(Failing(read))) as second, capture_logs() as logged:  # type: ignore[arg-type]  # what it is not
        wait_until(second.has_answered, what="the second process")
        values = list(Sharing(read, second).values(batches_of(groups, weight)))
    assert values == read_alone(content).values
    assert [line["event"] for line in logged] == ["import.second_reader_lost"]
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("what", ["it cannot be started", "it ends at its start"])
def test_without_a_second_process_one_reads_it_all(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(beside, "ALONE", 5)
    if what == "it cannot be started":
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
    else:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "nowhere.settings")
    read, groups, weight = opened(FILES["messy"])
    values = list(values_of(groups, read, weight=weight))
    assert values == read_alone(FILES["messy"]).values
    assert second_readers() == []


@pytest.mark.parametrize(
    ("rows", "is_on", "is_worth_it"), [(20, True, False), (21, True, True), (500, False, False)]
)
def test_only_a_large_file_is_worth_a_second_process(
    monkeypatch: pytest.MonkeyPatch, settings, rows: int, is_on: bool, is_worth_it: bool
) -> None:
    monkeypatch.setattr(beside, "ALONE", 20)
    settings.IMPORT_AHEAD = is_on
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            started.append(self)
            super().__init__(*args, **options)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    read, groups, weight = opened(table(*many(rows)))
    assert len(list(values_of(groups, read, weight=weight))) == rows
    assert len(started) == is_worth_it
    assert second_readers() == []


@pytest.mark.parametrize("stop", [Import.pause, Import.cancel, None])
def test_it_ends_with_the_work(
    monkeypatch: pytest.MonkeyPatch, settings, stop: Callable[..., object] | None
) -> None:
    """Which somebody stops; or the worker makes room for another import."""
    monkeypatch.setattr(beside, "ALONE", 2)
    settings.IMPORT_CHUNK_ROWS = 10
    one = uploaded(table(*many(300)))
    taken = steps(one.pk)
    assert list(islice(taken, 2)) == ["reading"] * 2
    wait_until(second_readers, what="the second process")
    if stop:
        stop(one, by=None)
        assert Stage.READING not in list(taken)
    else:
        taken.close()
    assert second_readers() == []


def test_of_a_file_that_two_may_have_read_all_is_staged(
    monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    monkeypatch.setattr(beside, "ALONE", 2)
    settings.IMPORT_CHUNK_ROWS = 10
    one = finished(uploaded(table(*many(300))))
    assert (one.stage, one.rows_count, second_readers()) == ("checked", 300, [])
    assert list(one.staged.order_by("line").values_list("line", flat=True)) == [*range(2, 302)]


STARTS_ONE = """
import django; django.setup()
import time
from customers.importing.beside import Batch, SecondReader
second = SecondReader(None)
while not second.takes(Batch([])):
    time.sleep(0.05)
print("there", flush=True)
time.sleep(60)
"""


def test_it_ends_with_a_worker_that_is_killed() -> None:
    worker = subprocess.Popen([sys.executable, "-c", STARTS_ONE], stdout=subprocess.PIPE)
    with worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"there\n"
        (second,) = second_readers(worker.pid)
        worker.kill()
    wait_until(lambda: not Path(f"/proc/{second}").exists(), what="the end of both")


HEAVY = {"Note": "x" * 2000}


def test_of_heavy_groups_fewer_are_given_and_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MOST_GIVEN_BYTES", 20_000)
    monkeypatch.setattr(beside, "MOST_HELD_BYTES", 40_000)
    monkeypatch.setattr(beside, "MOST_GIVEN", 1000)
    monkeypatch.setattr(beside, "MOST_HELD", 2000)
    monkeypatch.setattr(beside, "LONGEST_SILENCE", 1)
    content = table(*({**row, **HEAVY} for row in many(200)))
    read, groups, weight = opened(content)
    batches: list[Batch] = []
    with closing(SecondReader(read)) as second:
        wait_until(second.has_answered, what="the second process")
        os.kill(second_readers()[0], signal.SIGSTOP)
        values = Sharing(read, second).values(noted(batches_of(groups, weight), batches))
        first = next(values)
        assert 40_000 < sum(batch.weight for batch in batches) < 48_000
        given = [batch for batch in batches if batch.values is None]
        assert 12_000 < sum(batch.weight for batch in given) <= 20_000
        assert [batch.groups for batch in batches if batch not in given] == [[]] * 4
        assert [first, *values] == read_alone(content).values


def noted(batches: Iterator[Batch], into: list[Batch]) -> Iterator[Batch]:
    for batch in batches:
        into.append(batch)
        yield batch


def test_what_is_answered_makes_room_and_what_is_too_heavy_is_read_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "MOST_GIVEN_BYTES", 10)
    read, _groups, _weight = opened(table(*many(1)))
    with closing(SecondReader(read)) as second:
        wait_until(second.has_answered, what="the second process")
        assert [second.takes(Batch([], weight)) for weight in (11, 6, 5)] == [False, True, False]
        assert second.answer() == []
        assert second.takes(Batch([], 5))


def test_where_a_file_breaks_off_between_batches_there_is_no_further_one() -> None:
    _read, groups, weight = opened(table(*many(3)) + b'7,"Anna')
    batches = batches_of(groups, weight)
    assert len(next(batches).groups) == 3
    with pytest.raises(FileRefused):
        next(batches)


def test_a_file_ten_times_as_long_takes_as_little_memory() -> None:
    _peak(300)  # what is kept for good is there
    # How much is on its way differs from run to run; ten times as much never is.
    assert _peak(3000) < 3 * _peak(300)


def _peak(count: int) -> int:
    """Of this process, beside the file itself."""
    read, groups, weight = opened(table(*many(count)))
    with closing(SecondReader(read)) as second:
        wait_until(second.has_answered, what="the second process")
        tracemalloc.start()
        staged = sum(1 for _ in Sharing(read, second).values(batches_of(groups, weight)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert staged == count
    return found
