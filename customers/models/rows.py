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


class MaskedCopy(TypeError):
    """What pages draw of a masked customer has come to a verb: a slip of ours."""


class CustomerRow(models.Model):
    is_masked = False  # true of a copy for pages (customers/masking.py)

    class Meta:
        abstract = True

    def save_base(self, *args: Any, **options: Any) -> None:
        """What every way to save comes to. A masked copy would empty the row for everybody."""
        self.refuse_copy()
        super().save_base(*args, **options)

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        """A masked copy would show what it must not."""
        self.refuse_copy()
        super().refresh_from_db(*args, **options)

    def refuse_copy(self) -> None:
        if self.is_masked:
            raise MaskedCopy(self.pk)

    def row(self) -> CustomerQuerySet:
        """This one row, for guarded updates."""
        from customers.models.customers import Customer

        self.refuse_copy()
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
