"""Products, as shops' exports hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy, ngettext

from core.words import number
from customers.importing.chunks import make_table
from customers.importing.groups import Alone
from customers.importing.kinds import ImportKind, Undone
from products.importing import changes, layouts, noting, planning, staging, undoing, writing
from products.importing.grouping import products_in
from products.importing.models import ProductImportRow, StagedProduct
from products.importing.of_shopify import ShopifyReader
from products.importing.of_woocommerce import WooCommerceReader
from products.importing.rows import COLUMNS, ProductRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.importing.columns import Layout
    from customers.importing.files import Record
    from customers.importing.models import Import


class ProductsKind(ImportKind):
    name = "products"
    label = gettext_lazy("Products")
    staged = StagedProduct
    rows = ProductImportRow
    copied = COLUMNS
    written = writing.WRITTEN
    fields = changes.FIELDS
    page = "product_detail"
    overview = "product_list"
    subject = gettext_lazy("Product")
    why_new = gettext_lazy("No product here has this ID or handle.")
    replaced = frozenset({"product_repeated", "product_same"})
    can_undo = True
    forgotten = MappingProxyType({"before": {}})
    first_rows = "products/imports/_first_products.html"

    def counted(self, count: int) -> str:
        words = ngettext("%(count)s product", "%(count)s products", count)
        return words % {"count": number(count)}

    def asked(self, count: int) -> str:
        words = ngettext("Import %(count)s product", "Import %(count)s products", count)
        return words % {"count": number(count)}

    def is_known(self, name: str) -> bool:
        return layouts.is_known(name)

    def recognises(self, names: frozenset[str]) -> bool:
        return layouts.names_products(names)

    def is_left_out(self, name: str) -> bool:
        return layouts.is_left_out(name)

    def layout_of(self, header: Sequence[str]) -> Layout:
        return layouts.layout_of(header)

    def reader(
        self,
        layout: Layout,
        *,
        country: str,  # noqa: ARG002 -- nothing of a product depends on it
    ) -> Callable[[list[Record]], ProductRow]:
        if layout.source == "woocommerce":
            return Alone(WooCommerceReader(layout).read)
        return ShopifyReader(layout).read

    def groups(self, layout: Layout, records: Iterable[Record]) -> Iterator[list[Record]]:
        if layout.source == "woocommerce":
            return super().groups(layout, records)
        return products_in(records, layout)

    def values(self, row: ProductRow) -> Sequence[Any]:
        return row.values()

    def mark_repeated(self, import_id: int) -> None:
        staging.mark_repeated(import_id)

    def plan(self, one: Import, *, is_ahead: bool = False) -> None:  # noqa: ARG002 -- goes alone
        planning.match(one)
        if one.started_at:
            planning.lock_matched()
        planning.plan(one)
        make_table("product_differences", changes.COMPARED, {}, measured="line")
        make_table(
            "planned", "SELECT of_import_id, line, outcome FROM product_plan", {}, measured="line"
        )

    def write(self, one: Import) -> None:
        writing.write(one)

    def conclude(self, one: Import) -> None:
        noting.note_rows(one, dry=False)

    def note_rows(self, one: Import, *, dry: bool) -> None:
        noting.note_rows(one, dry=dry)

    def undo(self, one: Import) -> Undone:
        return undoing.undo(one)

    def say(self, field: str, text: str) -> str:
        return changes.said(field, text)

    def with_subjects(self, rows: QuerySet[ProductImportRow]) -> QuerySet[ProductImportRow]:
        """Without texts that may be long, and that nobody reads here."""
        return rows.select_related("product").defer("before", "product__description")
