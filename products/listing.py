"""The products' list: its views, sorts and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from core import words
from core.listing import Asked, Column, DeskList, Listing, Sort, View
from core.totals import total_of
from products.forms import ProductFilter
from products.models import Product, ProductQuerySet, ProductSearch, ProductStatus
from products.permissions import can_see_products

if TYPE_CHECKING:
    from accounts.models import User

VIEWS = [
    View("all", _("All")),
    View("active", pgettext_lazy("product", "Active"), lambda rows: rows.in_state("active")),
    View("draft", ProductStatus.DRAFT.label, lambda rows: rows.in_state("draft")),
    View("archived", ProductStatus.ARCHIVED.label, lambda rows: rows.in_state("archived")),
]
STOCKS = {
    "in_stock": Q(stock__gt=0),
    "sold_out": Q(stock__lte=0, tracked_count__gt=0),
    "not_tracked": Q(tracked_count=0),
}


class ProductList(DeskList[Product]):
    name = "product"
    filters_template = "products/_filter_fields.html"
    search_label = _("Title, SKU, barcode, vendor or tag")
    form = ProductFilter
    sorts = (
        Sort("title", _("Title A–Z"), _("Title Z–A"), "sort_title", falls=False),
        Sort("updated", _("Changed last"), _("Unchanged for longest"), "updated_at"),
        Sort("newest", _("Newest first"), _("Oldest first"), "created_at"),
        Sort("stock", _("Least stock"), _("Most stock"), "stock", falls=False),
    )
    columns = (
        Column("title", _("Product"), sort="title"),
        Column("status", _("Status")),
        Column("stock", _("Stock"), sort="stock"),
        Column("vendor", _("Vendor"), widths="only-roomy"),
        Column("type", _("Product type"), widths="only-wide"),
        Column("tags", _("Tags"), is_usual=False),
        Column("created", _("Added"), sort="newest", is_usual=False),
        Column("updated", _("Changed"), sort="updated", is_usual=False),
        Column("variants", _("Variants"), kind="num", widths="only-roomy"),
        Column("price", _("Price"), kind="num"),
    )

    def rows(self, user: User) -> ProductQuerySet:
        return Product.objects.visible_to(user)

    def sees_all_rows(self, user: User) -> bool:
        return can_see_products(user)

    def views(self) -> list[View]:
        return VIEWS

    def searched(self, rows: ProductQuerySet, asked: Asked) -> Listing[Product]:
        hits = ProductSearch.objects.with_words(asked.text)
        found = rows.among(hits)
        counted = found if self.is_narrowed(asked) else hits
        return Listing(self.page(found, asked), total_of(counted))

    def filtered(self, rows: ProductQuerySet, filters: dict[str, Any]) -> ProductQuerySet:
        if stock := filters.get("stock"):
            rows = rows.filter(STOCKS[stock])
        if tag := filters.get("tag"):
            rows = rows.filter(tags__contains=[tag])
        texts = {"vendor": "vendor__icontains", "type": "product_type__icontains"}
        return rows.filter(**{texts[name]: filters[name] for name in texts if name in filters})

    def with_what_is_shown(self, rows: ProductQuerySet, _asked: Asked) -> ProductQuerySet:
        return rows.defer("description")

    def in_words(self, count: int) -> str:
        sentence = ngettext("%(count)s product", "%(count)s products", count)
        return sentence % {"count": words.number(count)}


PRODUCTS = ProductList()
