"""A file of orders takes the same memory whatever its size, also while it is undone."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from customers.importing import groups
from customers.importing.files import records
from customers.importing.models import Import
from customers.importing.working import work
from orders.importing.grouping import orders_in
from orders.importing.layouts import layout_of
from orders.models import Order
from tests.orders.import_files import MILL, order, table
from tests.orders.test_export_reading import read

pytestmark = pytest.mark.django_db


def _uploaded(count: int, first: int) -> Import:
    orders = (
        order(MILL, Name=f"#{number}", Email=f"buyer-{number // 2}@example.de")
        for number in range(first, first + count)
    )
    content = io.BytesIO(table(*orders))
    return Import.upload(content, name="orders.csv", by=None, in_worker=False)


def _peak(work_on: Callable[[], object]) -> int:
    """The most that it takes beyond what was there before."""
    tracemalloc.start()
    work_on()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def _peaks(count: int, *, first: int) -> tuple[int, int]:
    """Of importing so many orders, dry run and all, and of undoing that."""
    one = _uploaded(count, first)

    def bring_in() -> None:
        work(one.pk)
        one.start(by=None, in_worker=False)
        work(one.pk)

    importing = _peak(bring_in)
    assert Order.objects.count() == count
    assert one.undo(by=None, in_worker=False)
    undoing = _peak(lambda: work(one.pk))
    assert not Order.objects.exists()
    return importing, undoing


def test_six_times_as_many_orders_take_no_more_memory(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_CHUNK_ROWS = 100
    # So that the smaller file, too, is longer than what is held of a file at once.
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 13)
    _peaks(200, first=1000)  # what is kept for good is there
    few, many = _peaks(200, first=2000), _peaks(1200, first=3000)
    assert many[0] < 1.5 * few[0]
    # So little that what the test's own transaction remembers counts.
    assert many[1] < 2 * few[1]


def test_an_order_of_few_rows_with_many_cells_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delimiters alone make a row many times as large in memory as it is in the file."""
    monkeypatch.setattr(groups, "MOST_BYTES", 100_000)
    head, name = table(order(Name="#1001")), b"#1001" + b"," * 2000 + b"\r\n"
    content = head + name * 50 + table(order(Name="#1002")).split(b"\r\n", 1)[1]
    header, *rows = records(io.BytesIO(content), "utf-8", ",")
    assert [len(group) for group in orders_in(rows, layout_of(header.cells))] == [7, 1]
    found = read(content)
    assert [row.is_usable for row in found] == [False, True]


def test_of_an_order_that_was_cut_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_BYTES", 3000)
    (row,) = read(table(order(*[{"Name": "#1001", "Lineitem name": "Mühle"}] * 20)))
    assert [tuple(problem) for problem in row.problems] == [("order_lines", "1000")]
    assert not row.is_usable
