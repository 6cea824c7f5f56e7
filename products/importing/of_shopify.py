"""Shopify's rows of one product, read: the first is all of it, others are variants and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers.importing.cells import Unreadable, bare, line_of, yes_or_no
from customers.importing.groups import MOST_ROWS, is_cut
from customers.importing.problems import Problem
from products.importing import cells, taking
from products.importing.layouts import OPTIONS
from products.importing.rows import ProductRow
from products.importing.taking import LONGEST_BARCODE, Said, take, text
from products.models.statuses import ProductStatus

if TYPE_CHECKING:
    from customers.importing.columns import Layout
    from customers.importing.files import Record

PRODUCT = (
    *("handle", "title", "description", "vendor", "product_type", "tags", "published", "status"),
    *(f"option{n}_name" for n in OPTIONS),
)
VARIANT = (
    *("sku", "barcode", "price", "compare_at_price", "tracker", "stock", "variant_image"),
    *("continues", "weight", "requires_shipping", *(f"option{n}_value" for n in OPTIONS)),
)
PICTURE = ("image", "image_position")
# What a variant may hold, where the file has a column for it.
MAY_LACK = (
    *("sku", "barcode", "compare_at_price", "stock", "continues", "weight", "requires_shipping"),
    "image",
)
# A status by which a product is on sale, but not in any list.
STATUSES = {one.value: one.value for one in ProductStatus} | {"unlisted": "active"}
# One of these has each row that is a variant.
SAYS_SOMETHING = ("option1_value", "sku", "price")
# Of a product without anything to choose.
NO_OPTION = ("title", "default title")
CONTINUES = {"continue": True, "deny": False}


class ShopifyReader:
    """Reads products of one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._has = frozenset(layout.places)
        said_by = {name: "variant_image" if name == "image" else name for name in MAY_LACK}
        self._unsaid = [name for name, column in said_by.items() if column not in self._has]
        self._product = taking.cells_of(layout, PRODUCT)
        self._variant = taking.cells_of(layout, VARIANT)
        self._picture = taking.cells_of(layout, PICTURE)

    def read(self, group: list[Record]) -> ProductRow:
        """Never raises: what cannot be taken stands in `problems`."""
        row, has_too_many = ProductRow(line=group[0].line), is_cut(group)
        if not all(taking.fit(row, record, self._layout) for record in group):
            return row
        rows = [dict(zip(PRODUCT, self._product(one.cells), strict=True)) for one in group]
        # A sorted file may have it behind some of the variants.
        whole = next((place for place, said in enumerate(rows) if said["title"].strip()), 0)
        said = rows[whole]
        self._name(row, said)
        if has_too_many:
            row.problems.append(Problem("product_rows", str(MOST_ROWS)))
            return row
        row.title = text(row, said["title"]) or None
        if row.title is None:
            row.parent = row.ref
        else:
            self._whole(row, said, group)
        self._variants(row, group, whole)
        return row

    def _name(self, row: ProductRow, said: Said) -> None:
        row.handle = text(row, said["handle"].lower())
        row.external_id, row.ref = row.handle, f"handle:{row.handle}"
        if not row.handle:
            row.problems.append(Problem("product_nameless"))

    def _whole(self, row: ProductRow, said: Said, group: list[Record]) -> None:
        for column in ("vendor", "product_type"):
            if column in self._has:
                setattr(row, column, text(row, said[column]))
        if "description" in self._has:
            row.description = taking.html(said["description"])
        if "tags" in self._has:
            row.tags = taking.tags(row, said["tags"])
        if "image" in self._has:
            row.image_url = self._first_picture(row, group)
        row.status = take(row, "product_status", _status, said["status"])
        if row.status is None:
            is_published = take(row, "product_unclear", yes_or_no, said["published"])
            if is_published is not None:
                row.status = ProductStatus.ACTIVE if is_published else ProductStatus.DRAFT
        for n in OPTIONS:
            name = text(row, said[f"option{n}_name"])
            setattr(row, f"option{n}_name", "" if name.lower() == NO_OPTION[0] else name)

    def _first_picture(self, row: ProductRow, group: list[Record]) -> str:
        pictures = [self._picture(record.cells) for record in group]
        places = [(_place(place), cell) for cell, place in pictures if cell.strip()]
        return taking.picture(row, min(places, key=lambda found: found[0])[1]) if places else ""

    def _variants(self, row: ProductRow, group: list[Record], whole: int) -> None:
        rows = [dict(zip(VARIANT, self._variant(record.cells), strict=True)) for record in group]
        says = [any(said[name] for name in SAYS_SOMETHING) for said in rows]
        row.variants = [
            self._read_variant(row, said) for said, is_one in zip(rows, says, strict=True) if is_one
        ]
        if not row.variants and row.title is not None:
            # A product that nothing is to choose of; or its variants stand elsewhere in the file.
            row.variants = [self._read_variant(row, rows[whole]) | {"says_nothing": True}]
        taking.tell_apart(row)
        taking.count_variants(row)

    def _read_variant(self, row: ProductRow, said: Said) -> dict[str, Any]:
        options = [text(row, said[f"option{n}_value"]) for n in OPTIONS]
        if not row.option1_name and options[0].lower() == NO_OPTION[1]:
            options = ["", "", ""]
        if "tracker" in self._has and not said["tracker"].strip():
            said["stock"] = ""  # whatever stands there, nobody counts it
        first, second, third = options
        ships = take(row, "product_unclear", yes_or_no, said["requires_shipping"])
        variant = {
            "key": " / ".join(filter(None, options)),
            "option1": first,
            "option2": second,
            "option3": third,
            "sku": text(row, said["sku"]),
            "barcode": text(row, said["barcode"], LONGEST_BARCODE),
            "price": take(row, "product_price", cells.price, said["price"]),
            "compare_at_price": take(row, "product_price", cells.price, said["compare_at_price"]),
            "stock": take(row, "product_stock", cells.stock, said["stock"]),
            "continues": take(row, "product_unclear", _continues, said["continues"]) or False,
            "weight": take(row, "product_weight", _grams, said["weight"]),
            "requires_shipping": ships is not False,
            "image": taking.picture(row, said["variant_image"]),
        }
        for name in self._unsaid:
            del variant[name]
        return variant


def _status(cell: str) -> str | None:
    word = bare(cell).lower()
    if word and word not in STATUSES:
        raise Unreadable(word)
    return STATUSES.get(word)


def _continues(cell: str) -> bool | None:
    found = CONTINUES.get(bare(cell).lower())
    return yes_or_no(cell) if found is None else found


def _grams(cell: str) -> int | None:
    return cells.grams(cell, "g")


def _place(cell: str) -> int:
    """Where a picture stands; one without a place behind all others."""
    found = line_of(cell)
    return int(found) if found.isdecimal() and len(found) < 6 else 10**6
