"""What is really sold: a product in one size, colour or whatever else there is to choose."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q

from products.models.labels import VariantLabels


class Variant(VariantLabels, models.Model):
    """One of a product's variants. Prices are in the product's currency."""

    product = models.ForeignKey(
        "products.Product", on_delete=models.CASCADE, related_name="variants", db_index=False
    )
    position = models.PositiveIntegerField()  # from 1
    # In its source; where that has no ids, the options joined by " / ".
    external_id = models.CharField(max_length=800, blank=True)
    option1 = models.CharField(max_length=255, blank=True)
    option2 = models.CharField(max_length=255, blank=True)
    option3 = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=255, blank=True)
    barcode = models.CharField(max_length=100, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    compare_at_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # Null where nobody counts it, below zero where more was sold than there is.
    stock = models.IntegerField(null=True)
    continue_selling = models.BooleanField(default=False)  # also when nothing is left
    weight_grams = models.PositiveIntegerField(null=True)
    requires_shipping = models.BooleanField(default=True)
    image_url = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["product_id", "position"]
        constraints = [
            # Read by the product's page, and by whoever writes its variants anew.
            models.UniqueConstraint(fields=["product", "external_id"], name="variant_once"),
            # At the end of the transaction: variants may change places.
            models.UniqueConstraint(
                fields=["product", "position"],
                name="variant_position_once",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=(Q(price=None) | Q(price__gte=0))
                & (Q(compare_at_price=None) | Q(compare_at_price__gte=0)),
                name="variant_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(image_url="") | Q(image_url__iregex="^https?://"),
                name="variant_address_of_the_web",
            ),
        ]
        indexes = [
            # Read by an order's lines, and by the search for exactly this SKU.
            models.Index(fields=["sku"], name="variant_by_sku"),
            # Read by the search for exactly this barcode.
            models.Index(fields=["barcode"], name="variant_by_barcode", condition=~Q(barcode="")),
        ]

    def __str__(self) -> str:
        return self.title or self.sku or str(self.position)

    @property
    def is_sold_out(self) -> bool:
        return self.stock is not None and self.stock <= 0
