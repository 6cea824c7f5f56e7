"""WooCommerce's rows, read: a product each, or a variation that names its parent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from customers.importing.cells import Unreadable, bare, external_id, line_of
from customers.importing.problems import Problem
from products.importing import cells, taking
from products.importing.layouts import OPTIONS
from products.importing.rows import ProductRow
from products.importing.taking import LONGEST_BARCODE, LONGEST_REF, Said, take, text
from products.models.statuses import ProductStatus

if TYPE_CHECKING:
    from customers.importing.columns import Layout
    from customers.importing.files import Record

COLUMNS = (
    *("id", "type", "sku", "barcode", "title", "published", "short_description", "description"),
    *("sale_starts", "sale_ends", "in_stock", "stock", "sale_price", "price", "product_type"),
    *("tags", "images", "parent", "vendor", "position", "continues"),
)
STATUSES = {
    "1": ProductStatus.ACTIVE,
    "0": ProductStatus.DRAFT,  # private
    "-1": ProductStatus.DRAFT,
    "2": ProductStatus.DRAFT,  # pending
}
# These are sold by what belongs to them.
WITHOUT_PRICE = {"variable", "grouped"}
# So that a handle of two parts fits its column.
LONGEST_PART = 120
BLOCK = re.compile(r"<(p|br|div|ul|ol|table|h[1-6])\b", re.IGNORECASE)


class WooCommerceReader:
    """Reads rows of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._has = frozenset(layout.places)
        self._said = taking.cells_of(layout, COLUMNS)
        numbers = sorted(int(name[9:-5]) for name in self._has if re.match(r"attribute\d+_n", name))
        self._attributes = [
            taking.cells_of(layout, [f"attribute{n}_name", f"attribute{n}_value"]) for n in numbers
        ]
        self._unit = next((unit for unit in cells.GRAMS if f"weight_{unit}" in self._has), "")
        self._weight = taking.cells_of(layout, [f"weight_{self._unit}", "id"])

    def read(self, record: Record) -> ProductRow:
        """Never raises: what cannot be taken stands in `problems`."""
        row = ProductRow(line=record.line)
        if not taking.fit(row, record, self._layout):
            return row
        said = dict(zip(COLUMNS, self._said(record.cells), strict=True))
        kinds = cells.listed(said["type"].lower())
        if not kinds:
            row.problems.append(Problem("product_kind"))
        is_variation = "variation" in said["type"].lower()
        self._name(row, said)
        if is_variation:
            self._variation(row, said, record)
        else:
            self._whole(row, said)
            if not {kind.partition("-")[0] for kind in kinds} & WITHOUT_PRICE:
                row.option1_name = row.option2_name = row.option3_name = ""
                nothing = {f"option{n}": "" for n in OPTIONS}
                row.variants = [{"key": "", **nothing, **self._variant(row, said, record)}]
        for variant in row.variants:
            variant["requires_shipping"] = "virtual" not in kinds
        return row

    def _name(self, row: ProductRow, said: Said) -> None:
        own = take(row, "product_id", external_id, said["id"]) or ""
        sku = text(row, said["sku"])
        row.sku_ref = f"sku:{sku.lower()[:LONGEST_REF]}" if sku else ""
        row.ref = f"id:{own}" if own else row.sku_ref
        row.external_id = own or row.sku_ref
        if not row.ref and not row.problems:
            row.problems.append(Problem("product_nameless"))

    def _whole(self, row: ProductRow, said: Said) -> None:
        row.title = text(row, said["title"])
        if not row.title:
            row.problems.append(Problem("product_title"))
        row.handle = cells.handle_of(row.title) or "product"
        own = cells.handle_of(row.external_id.removeprefix("sku:"))
        row.other_handle = f"{row.handle[:LONGEST_PART]}-{own[:LONGEST_PART]}"
        if self._has & {"description", "short_description"}:
            row.description = _html(said["description"]) or _html(said["short_description"])
        if "vendor" in self._has:
            row.vendor = text(row, next(iter(cells.listed(said["vendor"])), ""))
        if "product_type" in self._has:
            row.product_type = text(row, next(iter(cells.listed(said["product_type"])), ""))
        if "tags" in self._has:
            row.tags = taking.tags(row, said["tags"])
        if "images" in self._has:
            row.image_url = self._picture(row, said)
        row.status = take(row, "product_status", _status, said["published"])

    def _picture(self, row: ProductRow, said: Said) -> str:
        return taking.picture(row, next(iter(cells.listed(said["images"])), ""))

    def _variation(self, row: ProductRow, said: Said, record: Record) -> None:
        parent = line_of(said["parent"]).lower()
        row.parent = parent if parent.startswith("id:") else f"sku:{parent[:LONGEST_REF]}"
        if not parent:
            row.problems.append(Problem("product_orphan"))
        place = bare(said["position"])
        row.position = int(place) if re.fullmatch(r"-?\d{1,6}", place) else 0
        names, options = self._options(row, record)
        row.option1_name, row.option2_name, row.option3_name = names
        own = row.ref.removeprefix("id:") if row.ref.startswith("id:") else ""
        key = own or " / ".join(filter(None, options)) or row.sku_ref
        chosen = {f"option{n}": option for n, option in zip(OPTIONS, options, strict=True)}
        row.variants = [{"key": key, "has_id": bool(own), **chosen}]
        row.variants[0] |= self._variant(row, said, record)

    def _options(self, row: ProductRow, record: Record) -> tuple[list[str], list[str]]:
        """Names and values of what there is to choose; of more than three the rest in the third."""
        pairs = [(line_of(name), line_of(value)) for name, value in self._pairs(record)]
        pairs = [(name, value) for name, value in pairs if name]
        if len(pairs) > len(OPTIONS):
            rest = pairs[len(OPTIONS) - 1 :]
            names, values = zip(*rest, strict=True)
            pairs[len(OPTIONS) - 1 :] = [(" / ".join(names), " / ".join(filter(None, values)))]
        pairs += [("", "")] * (len(OPTIONS) - len(pairs))
        return [text(row, name) for name, _ in pairs], [text(row, value) for _, value in pairs]

    def _pairs(self, record: Record) -> list[tuple[str, ...]]:
        pairs = [choose(record.cells) for choose in self._attributes]
        return [tuple(cell.replace("\\,", ",") for cell in pair) for pair in pairs]

    def _variant(self, row: ProductRow, said: Said, record: Record) -> dict[str, Any]:
        variant: dict[str, Any] = {
            "sku": text(row, said["sku"]),
            "barcode": text(row, said["barcode"], LONGEST_BARCODE),
            "price": take(row, "product_price", cells.exact_price, said["price"]),
            "compare_at_price": None,
        }
        if sale := self._sale(row, said):
            variant["sale"] = sale
        if self._has & {"stock", "in_stock"}:
            variant["stock"] = self._stock(row, said)
        if "continues" in self._has:
            variant["continues"] = bare(said["continues"]).lower() in {"1", "notify"}
        if self._unit:
            weight = self._weight(record.cells)[0]
            variant["weight"] = take(row, "product_weight", self._grams, weight)
        if "images" in self._has:
            variant["image"] = self._picture(row, said) if row.parent else ""
        has = {"sku", "barcode"} - self._has
        return {name: value for name, value in variant.items() if name not in has}

    def _grams(self, cell: str) -> int | None:
        return cells.grams(cell, self._unit)

    def _sale(self, row: ProductRow, said: Said) -> dict[str, Any]:
        """A price for some days; empty where there is none, or where the days cannot be read."""
        price = take(row, "product_price", cells.exact_price, said["sale_price"])
        if price is None:
            return {}
        sale: dict[str, Any] = {"price": price}
        for name in ("starts", "ends"):
            cell = said[f"sale_{name}"]
            sale[name] = take(row, "product_day", cells.day, cell)
            if sale[name] is None and cell.strip():
                return {}
        return sale

    def _stock(self, row: ProductRow, said: Said) -> int | None:
        """Nobody counts it where the cell is empty, but for what the shop calls sold out.

        A variation may share its parent's stock: then nobody counts it for itself.
        """
        cell = bare(said["stock"])
        if not cell and bare(said["in_stock"]) == "0":
            return 0
        return None if cell.lower() == "parent" else take(row, "product_stock", cells.stock, cell)


def _status(cell: str) -> str | None:
    word = bare(cell)
    if word and word not in STATUSES:
        raise Unreadable(word)
    return STATUSES[word].value if word else None


def _html(cell: str) -> str:
    r"""The export writes the end of a line as \n; without tags each begins a line of its own."""
    told = bare(cell).replace("\\n", "\n")
    return taking.html(told if BLOCK.search(told) else "<br>".join(told.strip().splitlines()))
