"""Products in the search over everything (Ctrl K)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.patience import TooSlow, bounded
from core.slots import Found
from products.models import Product

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5


def find_products(request: HttpRequest, text: str) -> list[Found]:
    """What has just this SKU or barcode, then what carries the words; by title."""
    mine = Product.objects.visible_to(request.user).defer("description").order_by("sort_title")
    try:
        with bounded():
            meant = list(mine.exactly(text)[:SHOWN])
            others = mine.search(text).exclude(pk__in=[one.pk for one in meant])
            found = [*meant, *others[: SHOWN - len(meant)]]
    except TooSlow:
        return []
    return [_found(product) for product in found]


def _found(product: Product) -> Found:
    says = [product.price_words, product.stock_words]
    if product.status != "active":
        says.insert(0, str(product.status_label))
    detail = " · ".join(word for word in says if word)
    url = reverse("product_detail", args=[product.pk])
    return Found(product.title, url, detail=detail, icon="tag")
