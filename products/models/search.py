"""What search reads: a narrow table of its own, written by `products.following`."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from customers.search_terms import LONGEST_TEXT, fold


class ProductSearchQuerySet(models.QuerySet["ProductSearch"]):
    def with_words(self, text: str) -> Self:
        """Those that carry every word, in any order; words of one or two letters begin one."""
        words = fold(text[:LONGEST_TEXT].split())
        rows = self
        for word in words:
            rows = rows.filter(doc__contains=word if len(word) >= 3 else f" {word}")
        return rows if words else self.none()


class ProductSearch(models.Model):
    """The folded words by which a product is found, one row each.

    Apart from the product, whose stock changes all day: here an index entry would follow each.
    """

    product = models.OneToOneField(
        "products.Product", on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    doc = models.TextField()

    objects = ProductSearchQuerySet.as_manager()

    class Meta:
        indexes = [
            # Read by search: parts of words of any length.
            GinIndex(OpClass("doc", name="gin_trgm_ops"), name="product_search_doc")
        ]

    def __str__(self) -> str:
        return self.doc
