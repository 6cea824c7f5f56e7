"""What all the customer's verbs stand on: the one row, and holding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models.customers import Customer
    from customers.querysets import CustomerQuerySet


class OnHold(Exception):
    """The customer is on hold: no address and no number of theirs is added, moved or removed."""


class CustomerRow(models.Model):
    class Meta:
        abstract = True

    def row(self) -> CustomerQuerySet:
        """This one row, for guarded updates."""
        from customers.models.customers import Customer

        return Customer.objects.filter(pk=self.pk)

    def lock(self) -> CustomerQuerySet:
        """Hold the row until the transaction ends; returns `row()`.

        No verb changes its key: what refers to the customer, e.g. a new note, need not wait.
        """
        self.row().select_for_update(no_key=True).values_list("pk").first()
        return self.row()

    def lock_contact(self) -> None:
        """`lock()`, for whoever moves addresses or numbers. Raises OnHold."""
        row = self.row().select_for_update(no_key=True)
        if row.values_list("held_at", flat=True).first() is not None:
            raise OnHold

    def tell(self, what: str, *, by: User | Customer | None, **plain: Any) -> None:
        """Record `customer.<what>` on their timeline, and move `updated_at` to that moment.

        The one rule of "changed last": it moves with whatever staff, the customer or an import
        change about the person. Orders, notes, letters and sign-ins only happen to them.
        """
        event = record(f"customer.{what}", self, by=by, about=[self], **plain)
        self.row().update(updated_at=event.at)
