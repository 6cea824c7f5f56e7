"""What all the customer's verbs stand on: the one row, and holding it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from customers.querysets import CustomerQuerySet


class CustomerRow(models.Model):
    class Meta:
        abstract = True

    def row(self) -> CustomerQuerySet:
        """This one row, for guarded updates."""
        from customers.models.customers import Customer

        return Customer.objects.filter(pk=self.pk)

    def lock(self) -> CustomerQuerySet:
        """Hold the row until the transaction ends; returns `row()`."""
        self.row().select_for_update().values_list("pk").first()
        return self.row()
