"""A file read by two processes: the same comes of it, and the second never outlives its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest

from customers.importing import beside
from customers.importing.beside import SecondReader, Sharing, batches_of, values_of
from customers.importing.models import Import, Stage
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


def test_what_a_killed_one_has_not_answered_is_read_here() -> None:
    """It is stopped before it could answer, and killed while its first answer is waited for."""

    def lose(here: Counting) -> None:
        (second,) = second_readers()
        os.kill(second, signal.SIGSTOP)
        Thread(target=kill, args=[here, second]).start()

    def kill(here: Counting, second: int) -> None:
        wait_until(lambda: here.count > 6, what="two batches given, and the next ones read")
        os.kill(second, signal.SIGKILL)

    alone = read_alone(FILES["messy"])
    assert read_by_two(FILES["messy"], before=lose) == (alone, len(alone.values))


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
    read, groups, weight = opened(table(*many(rows)))
    values = values_of(groups, read, weight=weight)
    assert len(list(islice(values, rows))) == rows
    if is_worth_it:
        wait_until(second_readers, what="the second process")
    assert len(second_readers()) == is_worth_it
    values.close()
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
