"""Which products are meant: seen by whom, found by what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Func, Q, Value

from core.permissions import can_read
from customers.search_terms import LONGEST_TEXT
from products.models.search import ProductSearch
from products.models.variants import Variant

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from products.models.products import Product


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All products to staff, none to anybody else."""
        return self if can_read(user) else self.none()

    def in_state(self, status: str) -> Self:
        return self.filter(status=status)

    def search(self, text: str) -> Self:
        """Every word anywhere in title, handle, vendor, type, tags, SKUs or barcodes."""
        return self.among(ProductSearch.objects.with_words(text))

    def among(self, hits: models.QuerySet[ProductSearch]) -> Self:
        """All hits first, as one array: a walk in a list's order meets those of a word late."""
        if hits.query.is_empty():
            return self.none()
        keys = ArraySubquery(hits.values("pk"))
        return self.filter(
            Func(
                F("pk"),
                keys,
                template="%(expressions)s)",
                arg_joiner=" = ANY(",
                output_field=models.BooleanField(),
            )
        )

    def titled(self, text: str) -> Self:
        """Those whose title begins like this."""
        text = " ".join(text.split())[:LONGEST_TEXT]
        folded = Func(Value(text), function="public.shop_fold", output_field=models.TextField())
        return self.filter(sort_title__startswith=folded) if text else self.none()

    def variants_named(self, text: str) -> models.QuerySet[Variant]:
        """Their variants with just this SKU or barcode, each with its product."""
        text = text.strip()
        spelt = {text, text.upper(), text.lower()} - {""}
        meant = Variant.objects.filter(Q(sku__in=spelt) | Q(barcode__in=spelt), product__in=self)
        return meant.select_related("product").order_by("product_id", "position")

    def by_sku(self, skus: Iterable[str]) -> dict[str, Product]:
        """The product of each of these SKUs, of two the older one; one query."""
        wanted = {sku for sku in skus if sku}
        variants = Variant.objects.filter(sku__in=wanted, product__in=self)
        found = variants.select_related("product").order_by("-product_id", "-position")
        return {variant.sku: variant.product for variant in found} if wanted else {}
