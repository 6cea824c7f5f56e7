"""What the readers of both shops' files have in common: a cell is taken, or it is noted why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from customers.importing.cells import Unreadable, bare, line_of
from customers.importing.problems import Problem, at_line
from products.cleaning import LONGEST as LONGEST_HTML
from products.cleaning import clean_description
from products.importing import cells

if TYPE_CHECKING:
    from customers.importing.columns import Layout
    from customers.importing.files import Record
    from products.importing.rows import ProductRow

Value = TypeVar("Value")
Said = dict[str, str]

LONGEST, LONGEST_BARCODE = 255, 100
# So that what stands for an id fits its column.
LONGEST_REF = 240
MOST_VARIANTS = 2048
MARKUP = re.compile(r"[<>&]")
MOST_TAGS = 250


def cells_of(layout: Layout, columns: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
    """Picks these columns' cells out of a row; an empty one where the file has no such column.

    That is behind the last: `fit` has put it there.
    """
    return itemgetter(*(layout.places.get(name, layout.width) for name in columns))


def fit(row: ProductRow, record: Record, layout: Layout) -> bool:
    """Whether the record is a row of the table; else it is noted why not. Adds an empty cell.

    Programs that write rows themselves may end them in surplus delimiters.
    """
    errors = layout.errors_in(record) or _misfits(record, layout)
    row.problems += at_line(errors, record.line, begun=row.line)
    record.cells[layout.width :] = [""]
    return not errors


def _misfits(record: Record, layout: Layout) -> list[Problem]:
    if len(record.cells) < layout.width or any(record.cells[layout.width :]):
        return [layout.misfit(record)]
    return [Problem("nul")] if "\0" in "".join(record.cells) else []


def take(row: ProductRow, code: str, read: Callable[[str], Value], cell: str) -> Value | None:
    """The cell's value; what cannot be read is noted on the product."""
    if not cell:
        return None
    try:
        return read(cell)
    except Unreadable:
        row.problems.append(Problem.quoting(code, bare(cell)))
        return None


def text(row: ProductRow, cell: str, longest: int = LONGEST) -> str:
    """One line; what is too long is cut, and that is noted."""
    if not cell:
        return ""
    found = line_of(cell)
    if len(found) > longest:
        row.problems.append(Problem.quoting("product_cut", found))
    return found[:longest]


def tags(row: ProductRow, cell: str) -> list[str]:
    """Each once, whatever its capitals; the first spelling counts."""
    found: dict[str, str] = {}
    for part in cells.listed(cell):
        found.setdefault(part.lower(), text(row, part))
    return list(found.values())[:MOST_TAGS]


def html(cell: str) -> str:
    """Made harmless. What holds no sign of HTML is as it should be."""
    said = bare(cell) if cell else ""
    return clean_description(said) if MARKUP.search(said) else said[:LONGEST_HTML]


def picture(row: ProductRow, cell: str) -> str:
    return take(row, "product_picture", cells.address, cell) or ""


def tell_apart(row: ProductRow) -> None:
    """Of variants that say no value of an option: of several each is known by its SKU."""
    unnamed = [variant for variant in row.variants if not variant["key"]]
    if len(unnamed) > 1:
        for variant in unnamed:
            sku = variant.get("sku")
            variant["key"] = f"sku:{sku.lower()[:LONGEST_REF]}" if sku else ""
    if unnamed and row.option1_name and len(row.variants) > 1:
        row.problems.append(Problem.quoting("product_choice", row.option1_name))


def count_variants(row: ProductRow) -> None:
    """Note what is there twice, of which the last stays, and whether there are too many."""
    by_key: dict[str, dict[str, Any]] = {}
    for variant in row.variants:
        if variant["key"] in by_key:
            code = "product_variant_twice" if variant["key"] else "product_variants_alike"
            row.problems.append(Problem.quoting(code, variant["key"]))
        by_key[variant["key"]] = variant
    row.variants = list(by_key.values())
    if len(row.variants) > MOST_VARIANTS:
        row.problems.append(Problem("product_variants", str(MOST_VARIANTS)))
