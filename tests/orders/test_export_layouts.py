"""An export of orders is known by its columns; another file is refused in a sentence."""

from __future__ import annotations

import csv
import io

import pytest

from customers.importing.columns import plain
from customers.importing.problems import FileRefused
from customers.importing.reading import recognise
from orders.importing.layouts import LEFT_OUT, layout_of
from tests.customers import import_files as customers
from tests.customers.import_files import opener
from tests.orders.headers import CURRENT, OLDEST
from tests.orders.import_files import order, table


def test_the_current_layout_has_79_columns_and_none_is_unknown() -> None:
    assert len(CURRENT) == 79
    layout = layout_of(CURRENT)
    assert {plain(name) for name in layout.passed_over} == LEFT_OUT


def header(names: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(names)
    return text.getvalue().encode() + b"x" + b"," * (len(names) - 1)


@pytest.mark.parametrize("missing", ["Name", "Created at", "Total", "Lineitem name"])
def test_a_file_without_what_an_order_needs_is_refused(missing: str) -> None:
    names = [name for name in CURRENT if name != missing]
    with pytest.raises(FileRefused) as refusal:
        recognise(opener(header(names)), "orders")
    assert refusal.value.problem == ("order_columns", missing)


def test_either_an_address_or_an_id_tells_orders_apart() -> None:
    layout_of([name for name in CURRENT if name != "Email"])
    layout_of([name for name in CURRENT if name != "Id"])
    with pytest.raises(FileRefused):
        layout_of([name for name in CURRENT if name not in {"Email", "Id"}])


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (customers.CURRENT, "customers_not_orders"),
        (["Handle", "Title", "Variant SKU"], "products_not_orders"),
        ([*CURRENT, "Total"], "column_twice"),
    ],
)
def test_another_export_is_refused_by_its_name(names: list[str], code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        recognise(opener(header(names)), "orders")
    assert refusal.value.problem.code == code


def test_a_file_is_known_for_one_of_orders_by_its_columns() -> None:
    assert recognise(opener(table(order()))).shape.kind == "orders"
    assert recognise(opener(table(order(), layout=OLDEST))).shape.kind == "orders"
    assert recognise(opener(customers.table({"Email": "a@b.de"}))).shape.kind == "customers"
