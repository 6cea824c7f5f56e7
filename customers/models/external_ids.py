"""Under which ids other systems know a customer."""

from __future__ import annotations

from django.db import models


class ExternalId(models.Model):
    """A customer's id in a source such as "shopify". Text, so that 64-bit ids stay whole."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="external_ids"
    )
    source = models.CharField(max_length=40)
    value = models.CharField(max_length=100)

    class Meta:
        constraints = [
            # Read by imports and connectors: whose id is this?
            models.UniqueConstraint(fields=["source", "value"], name="external_id_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.value}"
