"""The money of an order, all in the currency it was placed in."""

from __future__ import annotations

from decimal import Decimal

from django.db import models


class Amounts(models.Model):
    currency = models.CharField(max_length=3)
    subtotal = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    shipping = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    taxes = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    total = models.DecimalField(max_digits=14, decimal_places=2)
    # What has been received; a part of the total where only that part is known to be paid.
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    # Where the money went or came from, as the shop's system calls it.
    discount_code = models.CharField(max_length=255, blank=True, default="", db_default="")
    shipping_method = models.CharField(max_length=255, blank=True, default="", db_default="")
    payment_method = models.CharField(max_length=255, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def kept(self) -> Decimal:
        """What is left of the total after refunds."""
        return self.total - self.refunded
