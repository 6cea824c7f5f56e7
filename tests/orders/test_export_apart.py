"""Rows of one order that stand apart in the file: one order, where that is certain."""

from __future__ import annotations

import csv
import io
import itertools
import tracemalloc
from decimal import Decimal
from typing import Any

import pytest

from customers.importing.models import Import
from customers.importing.rejects import problem_lines
from customers.importing.working import steps, work
from orders.importing.models import OrderImportRow
from orders.models import Order
from tests.orders.headers import OLDEST
from tests.orders.import_files import MILL, checked, counts, imported, order, problems, table, told

pytestmark = pytest.mark.django_db
FILTER = {
    "Lineitem quantity": "3",
    "Lineitem name": "Filterpapier",
    "Lineitem price": "4.50",
    "Lineitem sku": "PAPER",
    "Lineitem fulfillment status": "fulfilled",
}
Rows = list[dict[str, str]]


def whole() -> Rows:
    return order(MILL, FILTER)


def filled(rows: Rows) -> list[Rows]:
    """As programs write it that repeat the order's cells in each of its rows."""
    lines = [{name: cell for name, cell in row.items() if "Lineitem" in name} for row in rows]
    return [[{**rows[0], **line}] for line in lines]


def state() -> dict[str, Any]:
    """All that is known of it, whatever stands where."""
    found = told(Order.objects.get(name="#1001"))
    known = {name: said for name, said in found.items() if name not in {"id", "customer_id"}}
    parcels = [(number, at, sorted(packed)) for number, at, packed in found["parcels"]]
    return {**known, "lines": sorted(line[1:] for line in found["lines"]), "parcels": parcels}


def taken_back(one: Import) -> None:
    assert one.undo(by=None, in_worker=False)
    work(one.pk)
    assert not Order.objects.exists()


@pytest.mark.parametrize("status", ["fulfilled", "partial", ""])
@pytest.mark.parametrize("way", ["without the order's cells", "with them"])
def test_an_order_is_the_same_wherever_its_rows_stand(status: str, way: str) -> None:
    rows = order(MILL, FILTER, Fulfillment_Status=status)
    one = imported(table(rows))
    expected = state()
    taken_back(one)
    pieces = filled(rows) if way == "with them" else [[row] for row in rows]
    turns = itertools.permutations([*pieces, order(Name="#7"), order(Name="#8")])
    for turn in itertools.islice(turns, None, None, 29):
        one = imported(table(*turn))
        assert (counts(one)[0], counts(one)[3], problems(one)) == (3, 0, [])
        assert (state(), one.rows_count) == (expected, 3)
        taken_back(one)


def test_it_may_have_left_with_none_of_the_lines_beside_it() -> None:
    beans = {"Lineitem_fulfillment_status": "pending"}
    head, *others = order(MILL, FILTER, Fulfillment_Status="partial", **beans)
    imported(table([head], order(Name="#7"), *([row] for row in others)))
    found = told(Order.objects.get(name="#1001"))
    assert [(title, shipped) for _at, title, _of, shipped, _price in found["lines"]] == [
        ("Espresso Nordlicht", 0),
        ("Handmühle Feinschliff", 0),
        ("Filterpapier", 3),
    ]
    assert [packed for _number, _at, packed in found["parcels"]] == [["3 × Filterpapier"]]


def test_the_same_shuffled_file_again_changes_nothing_and_a_sorted_one_neither() -> None:
    head, *others = whole()
    shuffled = table([head], order(Name="#7"), *([row] for row in others))
    imported(shuffled)
    assert counts(imported(shuffled)) == (0, 0, 2, 0)
    assert counts(imported(table(whole(), order(Name="#7")))) == (0, 0, 2, 0)


@pytest.mark.parametrize("chunk", [1, 100])
def test_the_dry_run_counts_orders_and_the_size_of_a_step_does_not_matter(
    settings: Any, chunk: int
) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    head, *others = whole()
    rows = [[others[0]], order(Name="#7"), [head], order(Name="#8"), [others[1]]]
    one = checked(table(*rows))
    assert (counts(one), one.rows_count, one.done_count) == ((3, 0, 0, 0), 3, 3)
    assert counts(imported(table(*rows))) == (3, 0, 0, 0)
    assert Order.objects.get(name="#1001").lines.count() == 3


def test_a_file_without_ids_is_joined_by_name() -> None:
    head, *others = whole()
    one = imported(table([head], order(Name="#7"), *([row] for row in others), layout=OLDEST))
    assert (counts(one), problems(one)) == ((2, 0, 0, 0), [])
    assert Order.objects.get(name="#1001").lines.count() == 3


def test_of_two_orders_of_one_name_none_is_guessed_and_it_is_said_what_helps() -> None:
    piece = {"Name": "#1001", **FILTER}
    rows = [order(Id="1"), order(Name="#7"), order(Id="2"), order(Name="#8"), [piece]]
    one = imported(table(*rows))
    assert problems(one) == [
        (2, "order_apart", "6"),
        (4, "order_apart", "6"),
        (6, "order_apart", "4"),
    ]
    assert sorted(Order.objects.values_list("name", flat=True)) == ["#7", "#8"]


def test_a_row_that_says_its_orders_id_finds_it_among_those_of_one_name() -> None:
    piece = {"Name": "#1001", "Id": "1", **FILTER}
    rows = [order(Id="1"), order(Id="2"), order(Name="#8"), [piece]]
    one = imported(table(*rows))
    assert (counts(one), problems(one)) == ((3, 0, 0, 0), [])
    assert [found.lines.count() for found in Order.objects.order_by("external_id")[:2]] == [2, 1]


def test_an_order_told_anew_later_in_the_file_is_no_part_of_the_first() -> None:
    first, second = order(MILL), order(MILL, Notes="later")
    one = imported(table(first, order(Name="#7"), second))
    assert problems(one) == [(2, "order_repeated", "5")]
    found = Order.objects.get(name="#1001")
    assert (found.note, found.lines.count()) == ("later", 2)
    again = imported(table(order(MILL), order(Name="#7"), order(MILL)))
    assert problems(again) == [(2, "order_repeated", "5")]
    assert Order.objects.get(name="#1001").lines.count() == 2


def test_parts_that_share_a_line_may_be_repeats_and_are_left_out() -> None:
    beans, mill, paper = filled(whole())
    one = imported(table([*beans, *mill], order(Name="#7"), [*mill, *paper]))
    assert problems(one) == [(2, "order_apart", "5"), (5, "order_apart", "2")]
    assert [found.name for found in Order.objects.all()] == ["#7"]


def test_where_a_part_is_wrong_nothing_of_the_order_comes_in() -> None:
    head, *others = order(MILL, {**FILTER, "Lineitem quantity": "many"})
    one = imported(table([head], order(Name="#7"), [others[0]], order(Name="#8"), [others[1]]))
    assert problems(one) == [
        (2, "order_torn", "4"),
        (4, "order_torn", "2"),
        (6, "order_quantity", "many"),
        (6, "order_torn", "2"),
    ]
    assert sorted(Order.objects.values_list("name", flat=True)) == ["#7", "#8"]


def test_where_the_order_itself_is_wrong_its_parts_say_where_it_is() -> None:
    head, piece = order(MILL, Total="x")
    one = imported(table([head], order(Name="#7"), [piece]))
    assert problems(one) == [
        (2, "order_money", "x"),
        (2, "order_torn", "4"),
        (4, "order_torn", "2"),
    ]


def test_an_order_of_too_many_lines_is_not_put_together(monkeypatch: Any) -> None:
    monkeypatch.setattr("orders.importing.apart.MOST_LINES", 2)
    head, *others = whole()
    one = imported(table([head], order(Name="#7"), *([row] for row in others)))
    assert problems(one) == [(2, "order_lines", "2"), (4, "order_torn", "2")]


def lines_in(one: Import) -> list[tuple[str, str]]:
    """Of the rows that can be mended: their numbers, and what was bought."""
    text = io.StringIO()
    csv.writer(text).writerows(problem_lines(one))
    rows = csv.DictReader(io.StringIO(text.getvalue()))
    return [(row["Line"], row["Lineitem name"]) for row in rows]


def test_what_needs_a_look_comes_back_with_all_of_its_rows() -> None:
    """Else the mended file would take lines away from the order."""
    head, *others = order(
        MILL, {**FILTER, "Lineitem name": "x" * 300}, Email="nowhere", Fulfillment_Status=""
    )
    rows = [[others[1]], order(Name="#7"), [head], order(Name="#8", Total="x"), [others[0]]]
    one = imported(table(*rows))
    assert [(line, code) for line, code, _said in problems(one)] == [
        *((4, "order_email"), (4, "order_cut"), (4, "elsewhere")),
        (5, "order_money"),
    ]
    row = OrderImportRow.objects.get(of_import=one, line=4)
    assert (row.pieces, row.problems[-1]) == ([2, 6], ["elsewhere", "2"])
    assert [line for line, _name in lines_in(one)] == ["2", "4", "5", "6"]
    mended = [{**head, "Email": "jana@example.de"}, others[0], others[1]]
    imported(table(mended))
    assert Order.objects.get(name="#1001").lines.count() == 3


def test_a_file_that_is_read_again_is_joined_in_the_same_way(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    head, *others = whole()
    rows = [[head], order(Name="#7"), [others[0]], order(Name="#8"), [others[1]]]
    one = checked(table(*rows))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    one.staged.all().delete()
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (3, 0, 0, 0))
    assert Order.objects.get(name="#1001").lines.count() == 3


def test_six_times_as_many_orders_apart_take_no_more_memory(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_CHUNK_ROWS = 100
    monkeypatch.setattr("shop.models.files.CHUNK_SIZE", 1 << 13)

    def peak(count: int, first: int) -> int:
        both = [order(MILL, Name=f"#{number}") for number in range(first, first + count)]
        content = table([head for head, _ in both], [piece for _, piece in both])
        stream = io.BytesIO(content)
        one = Import.upload(stream, name="orders.csv", by=None, in_worker=False)
        tracemalloc.start()
        work(one.pk)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        one.refresh_from_db()
        assert (one.stage, counts(one)) == ("checked", (count, 0, 0, 0))
        return found

    peak(100, 1000)
    assert peak(1200, 3000) < 1.5 * peak(200, 2000)


def test_sums_are_those_of_all_parts() -> None:
    head, *others = whole()
    imported(table([head], order(Name="#7"), *([row] for row in others)))
    assert Order.objects.get(name="#1001").subtotal == Decimal("152.50")
