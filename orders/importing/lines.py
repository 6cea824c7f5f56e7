"""The lines of an order in an export: one row each."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from customers.importing.cells import Unreadable, bare, line_of
from customers.importing.problems import Problem
from orders.importing import cells
from orders.importing.rows import NOTHING, OrderRow

LINE_COLUMNS = (
    *("line_name", "line_sku", "line_quantity", "line_price", "line_discount", "line_status"),
)
MOST_LINES = 1000
LONGEST, LONGEST_SKU = 255, 100


def read_lines(row: OrderRow, said: Iterable[tuple[str, ...]]) -> dict[int, int]:
    """Note the lines on the order; returns what has left of them, by position.

    A line of 0 was taken off the order.
    """
    left = {}
    for name, sku, quantity, price, discount, status in said:
        line = _line(row, name, sku, (quantity, price, discount))
        if line is None or not line["quantity"]:
            continue
        row.lines.append(line)
        if status.strip().lower() == "fulfilled":
            left[len(row.lines)] = line["quantity"]
    if len(row.lines) > MOST_LINES:
        row.problems.append(Problem("order_lines", str(MOST_LINES)))
    row.subtotal = sum((_worth(line) for line in row.lines), NOTHING)
    if row.subtotal >= cells.MOST_MONEY:
        row.problems.append(Problem("order_money", str(row.subtotal)))
    return left


def _worth(line: dict[str, Any]) -> Decimal:
    worth: Decimal = line["price"] * line["quantity"] - line["discount"]
    return max(worth, NOTHING)


def _line(
    row: OrderRow, name: str, sku: str, numbers: tuple[str, str, str]
) -> dict[str, Any] | None:
    name, sku = line_of(name), line_of(sku)[:LONGEST_SKU]
    if not name and not sku and not any(numbers):
        return None
    title, variant = cells.title_and_variant(name or sku)
    if not title:
        row.problems.append(Problem("order_line"))
    return {
        "title": _cut(row, title),
        "variant": _cut(row, variant),
        "sku": sku,
        "quantity": _quantity(row, numbers[0]),
        "price": _money(row, numbers[1]),
        "discount": _money(row, numbers[2]),
    }


def _cut(row: OrderRow, text: str) -> str:
    if len(text) > LONGEST:
        row.problems.append(Problem.quoting("order_cut", text))
    return text[:LONGEST]


def _quantity(row: OrderRow, cell: str) -> int:
    try:
        return cells.quantity(cell)
    except Unreadable:
        row.problems.append(Problem.quoting("order_quantity", bare(cell)))
        return 0


def _money(row: OrderRow, cell: str) -> Decimal:
    try:
        return cells.money(cell)
    except Unreadable:
        row.problems.append(Problem.quoting("order_money", bare(cell)))
        return NOTHING
