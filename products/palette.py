"""Products in the search over everything (Ctrl K)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.patience import TooSlow, bounded
from core.slots import Found
from products.models import Product, ProductSearch

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5


def find_products(request: HttpRequest, text: str) -> list[Found]:
    """What has just this SKU or barcode, what is called like this, then whatever carries it."""
    mine = Product.objects.visible_to(request.user).defer("description")
    hits = ProductSearch.objects.with_words(text).values("pk")
    ways = [
        mine.exactly(text),
        mine.titled(text).order_by("sort_title", "id"),
        mine.filter(pk__in=hits),  # any five: no order has to be made of all
    ]
    found: dict[int, Product] = {}
    try:
        with bounded():
            for way in ways:
                if len(found) < SHOWN:
                    found |= {one.pk: one for one in way[:SHOWN] if one.pk not in found}
    except TooSlow:
        return []
    return [_found(product) for product in list(found.values())[:SHOWN]]


def _found(product: Product) -> Found:
    says = [product.price_words, product.stock_words]
    if product.status != "active":
        says.insert(0, str(product.status_label))
    detail = " · ".join(word for word in says if word)
    url = reverse("product_detail", args=[product.pk])
    return Found(product.title, url, detail=detail, icon="tag")
