"""Files of which single rows are wrong: each is named with its reason, the others come in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from customers.models import Customer
from orders.models import Order
from tests.customers import import_files
from tests.malformed import rows_of_customers, rows_of_orders
from tests.malformed.seen import Desk, added, last_import, page_of, read, send_file, tables
from tests.orders.import_files import MILL, order
from tests.orders.import_files import table as table_of_orders

if TYPE_CHECKING:
    from accounts.models import User
    from customers.importing.models import Import

pytestmark = pytest.mark.django_db


def reasons(desk: Desk, one: Import) -> dict[int, str]:
    """By line, as the page tells them; German tells the same of the same lines in other words."""
    english, german = (
        _rows(read(client.get(page_of(one)))) for client in (desk.english, desk.german)
    )
    assert german.keys() == english.keys()
    assert not set(german.values()) & set(english.values())
    return english


def _rows(shown: list[str]) -> dict[int, str]:
    lines = (
        (re.fullmatch(r"(?:Line|Zeile) (\d+)", text), place) for place, text in enumerate(shown)
    )
    return {int(found[1]): shown[place + 1] for found, place in lines if found}


def start(desk: Desk, one: Import) -> Import:
    assert desk.english.post(f"{page_of(one)}start/").status_code == 302
    return last_import()


def test_customers_of_whom_a_cell_is_wrong_are_named_and_all_others_come_in(owner: User) -> None:
    bad = {**rows_of_customers.SKIPPED, **rows_of_customers.TAKEN}
    cells = [changes for changes, _said in [*bad.values(), *rows_of_customers.HARMLESS.values()]]
    people = [
        {"First Name": "Jana", "Last Name": "Ng", "Email": f"row{number}@b.de", **changes}
        for number, changes in enumerate(cells)
    ]
    desk = Desk(owner)
    send_file(import_files.table(*people).replace(b"\r\nBcc", b"\nBcc"))(desk.english)
    one, before = last_import(), tables()
    found = reasons(desk, one)
    said = dict(zip(bad, found.values(), strict=True))
    assert said == {name: sentence for name, (_cells, sentence) in bad.items()}
    one = start(desk, one)
    come = len(rows_of_customers.TAKEN) + len(rows_of_customers.HARMLESS)
    assert (one.created_count, one.skipped_count) == (come, len(rows_of_customers.SKIPPED))
    assert added(before)["customers_customer"] == come
    kept = Customer.objects.order_by("-pk").values_list("first_name", flat=True)
    names = [name for _cells, name in rows_of_customers.HARMLESS.values()]
    assert list(kept)[: len(names)] == names[::-1]


def test_orders_of_which_a_cell_is_wrong_are_named_and_all_others_come_in(owner: User) -> None:
    bad = {**rows_of_orders.SKIPPED, **rows_of_orders.TAKEN}
    cells = [changes for changes, _said in [*bad.values(), *rows_of_orders.HARMLESS.values()]]
    rows = [{**order(Name=f"#{number}")[0], **one} for number, one in enumerate(cells, start=1)]
    desk = Desk(owner)
    send_file(table_of_orders(rows))(desk.english)
    one, before = last_import(), tables()
    said = dict(zip(bad, reasons(desk, one).values(), strict=True))
    assert said == {name: sentence for name, (_cells, sentence) in bad.items()}
    one = start(desk, one)
    come = len(rows_of_orders.TAKEN) + len(rows_of_orders.HARMLESS)
    assert (one.created_count, one.skipped_count) == (come, len(rows_of_orders.SKIPPED))
    assert added(before)["orders_order"] == come
    titles = [line.title for found in Order.objects.order_by("pk") for line in found.lines.all()]
    assert titles[-2:] == [title for _cells, title in rows_of_orders.HARMLESS.values()]


APART = (
    "Line {} may belong to the same order, or to another one of its name, or repeat it: that cannot"
    " be told. Sort the file by the column “Name”, so that the rows of each order follow one"
    " another, and upload it again."
)
FIRST, SECOND = order(MILL), order(MILL, Name="#1002")
# Rows of two orders in another order than they were exported, and which orders come in.
SHUFFLED: dict[str, tuple[list[dict[str, str]], dict[int, str], list[str]]] = {
    "a line stands apart": (
        [FIRST[0], *SECOND, FIRST[1]],
        {},
        ["#1001", "#1002"],
    ),
    "a line may be of two orders": (
        [FIRST[0], *SECOND, {**FIRST[0], "Id": "7"}, *order(MILL, Name="#1003"), FIRST[1]],
        {2: APART.format(8), 5: APART.format(8), 8: APART.format(5)},
        ["#1002", "#1003"],
    ),
    "a line comes before its order": (
        [FIRST[1], *SECOND],
        {2: "It is a further line of an order whose first line is not in the file."},
        ["#1002"],
    ),
    "an order comes twice": (
        [*FIRST, *SECOND, *FIRST],
        {2: "Line 6 is about the same order and counts instead."},
        ["#1001", "#1002"],
    ),
    "too many lines": (
        [*SECOND, FIRST[0], *[FIRST[1]] * 1000],
        {4: "It has more than 1000 lines."},
        ["#1002"],
    ),
}


@pytest.mark.parametrize("name", SHUFFLED)
def test_an_order_whose_rows_are_shuffled_is_whole_or_not_at_all(owner: User, name: str) -> None:
    rows, expected, come = SHUFFLED[name]
    desk = Desk(owner)
    send_file(table_of_orders(rows))(desk.english)
    one = last_import()
    assert reasons(desk, one) == expected
    start(desk, one)
    kept = [(found.name, found.lines.count()) for found in Order.objects.order_by("name")]
    assert kept == [(name, 2) for name in come]


WIDTH = "Cells expected: {}, as many as in the first line. Cells found: {}."


def cut(content: bytes, *, by: int) -> bytes:
    """The file with its first row shorter, or longer, by some cells."""
    header, row, *rest = content.splitlines(keepends=True)
    row = row.rstrip()[:by] if by < 0 else row.rstrip() + b",x" * by
    return b"".join([header, row + b"\r\n", *rest])


JANA, BEN = ({"First Name": name, "Email": f"{name}@b.de"} for name in ("jana", "ben"))
UNEVEN = {
    "a customer with cells to spare": (import_files.table(JANA, BEN), 2, 22),
    "a customer with a cell too few": (import_files.table(JANA, BEN), -1, 19),
    "an order with cells to spare": (table_of_orders(FIRST[:1], SECOND[:1]), 1, 80),
    "an order with a cell too few": (table_of_orders(FIRST[:1], SECOND[:1]), -1, 78),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_a_row_of_another_width_is_left_out(owner: User, name: str) -> None:
    content, by, width = UNEVEN[name]
    expected = 20 if "customer" in name else 79
    desk = Desk(owner)
    send_file(cut(content, by=by))(desk.english)
    one = last_import()
    assert reasons(desk, one) == {2: WIDTH.format(expected, width)}
    assert (one.created_count, one.skipped_count) == (1, 1)


def test_rows_divided_otherwise_than_the_columns_are_named(owner: User) -> None:
    columns, row = import_files.table(JANA).splitlines(keepends=True)
    desk: Any = Desk(owner)
    send_file(columns + row.replace(b",", b";") + row)(desk.english)
    one = last_import()
    assert reasons(desk, one) == {2: WIDTH.format(20, 1)}
    assert (one.created_count, one.skipped_count) == (1, 1)
