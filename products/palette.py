"""Products in the search over everything (Ctrl K)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from core.patience import TooSlow, bounded
from core.slots import Found
from core.words import money
from products.models import Product, ProductSearch, ProductStatus, Variant

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5


def find_products(request: HttpRequest, text: str) -> list[Found]:
    """What has just this SKU or barcode, what is called like this, then whatever carries it."""
    mine = Product.objects.visible_to(request.user)
    hits = ProductSearch.objects.with_words(text).values("pk")
    ways = [
        mine.titled(text).order_by("sort_title", "id"),
        mine.filter(pk__in=hits),  # any five: no order has to be made of all
    ]
    try:
        with bounded():
            meant = mine.variants_named(text)[:SHOWN]
            found = {one.product_id: _found_variant(one) for one in meant}
            for way in ways:
                if len(found) < SHOWN:
                    rows = way.exclude(pk__in=list(found)).defer("description")[:SHOWN]
                    found |= {one.pk: _found(one, one.price_words, one.stock_words) for one in rows}
    except TooSlow:
        return []
    return list(found.values())[:SHOWN]


def _found_variant(variant: Variant) -> Found:
    price = money(variant.price, variant.product.currency)
    return _found(variant.product, variant.title, price, variant.stock_words)


def _found(product: Product, *says: str) -> Found:
    state = "" if product.status == ProductStatus.ACTIVE else str(product.status_label)
    detail = " · ".join(word for word in [state, *says] if word)
    url = reverse("product_detail", args=[product.pk])
    return Found(product.title, url, detail=detail, icon="tag")
