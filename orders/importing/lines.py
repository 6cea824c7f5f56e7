"""The lines of an order in an export: one row each."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from customers.importing.cells import Unreadable, bare, line_of
from customers.importing.problems import Problem
from orders.importing import cells
from orders.importing.rows import NOTHING, OrderRow

LINE_COLUMNS = (
    *("line_name", "line_sku", "line_quantity", "line_price", "line_discount", "line_status"),
)
MOST_LINES = 1000
LONGEST, LONGEST_SKU = 255, 100


class Goods(NamedTuple):
    """Quantities of an order's lines, by their position, counted from 1."""

    ordered: dict[int, int]
    # Of the lines that say that they have left.
    left: dict[int, int]


class Line(NamedTuple):
    """A line as the row's JSON column holds it, and what else is asked of it."""

    said: dict[str, Any]
    worth: Decimal
    has_left: bool
    problems: list[Problem]


def read_lines(row: OrderRow, said: Iterable[tuple[str, ...]]) -> Goods:
    """Note the lines on the order. A line of 0 was taken off the order."""
    goods, worth = Goods({}, {}), NOTHING
    for cells_of_line in said:
        line = line_in(cells_of_line)
        if line is None:
            continue
        row.problems += line.problems
        if quantity := line.said["quantity"]:
            row.lines.append(line.said)
            worth += line.worth
            goods.ordered[len(row.lines)] = quantity
            if line.has_left:
                goods.left[len(row.lines)] = quantity
    if len(row.lines) > MOST_LINES:
        row.problems.append(Problem("order_lines", str(MOST_LINES)))
    row.subtotal = min(worth, cells.MOST_MONEY)
    if worth >= cells.MOST_MONEY:
        row.problems.append(Problem("order_money", str(worth)))
    return goods


# A shop sells the same things again and again.
@lru_cache(maxsize=1 << 13)
def line_in(said: tuple[str, ...]) -> Line | None:
    """Read the cells of LINE_COLUMNS. What it returns is shared: nobody changes it."""
    name, sku, *numbers, status = said
    name, sku = line_of(name), line_of(sku)[:LONGEST_SKU]
    if not name and not sku and not any(numbers):
        return None
    problems: list[Problem] = []
    title, variant = cells.title_and_variant(name or sku)
    if not title:
        problems.append(Problem("order_line"))
    line: dict[str, Any] = {
        "title": _cut(problems, title),
        "variant": _cut(problems, variant),
        "sku": sku,
        "quantity": _quantity(problems, numbers[0]),
        "price": _money(problems, numbers[1]),
        "discount": _money(problems, numbers[2]),
    }
    worth = max(line["price"] * line["quantity"] - line["discount"], NOTHING)
    return Line(line, worth, status.strip().lower() == "fulfilled", problems)


def _cut(problems: list[Problem], text: str) -> str:
    if len(text) > LONGEST:
        problems.append(Problem.quoting("order_cut", text))
    return text[:LONGEST]


def _quantity(problems: list[Problem], cell: str) -> int:
    try:
        return cells.quantity(cell)
    except Unreadable:
        problems.append(Problem.quoting("order_quantity", bare(cell)))
        return 0


def _money(problems: list[Problem], cell: str) -> Decimal:
    try:
        return cells.money(cell)
    except Unreadable:
        problems.append(Problem.quoting("order_money", bare(cell)))
        return NOTHING
