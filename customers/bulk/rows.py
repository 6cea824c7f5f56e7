"""Who was chosen, in pieces of a step each, and what became of every one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.bulk.kinds import kind_of
from customers.bulk.stages import CHANGED


class BulkPiece(models.Model):
    """Customers whom one step changes. Gone when the change has ended."""

    pk = models.CompositePrimaryKey("of_change_id", "number")
    of_change = models.ForeignKey(
        "customers.BulkChange", on_delete=models.CASCADE, related_name="pieces", db_index=False
    )
    number = models.PositiveIntegerField()
    customer_ids = ArrayField(models.BigIntegerField())
    # Of these, whom it would perhaps not reach, as counted beforehand.
    doubtful_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    def __str__(self) -> str:
        return f"{self.of_change_id}:{self.number}"


class BulkRow(models.Model):
    """What a bulk change did to a customer, exactly enough to take back that and nothing else."""

    pk = models.CompositePrimaryKey("of_change_id", "customer_id")
    of_change = models.ForeignKey(
        "customers.BulkChange", on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="bulk_rows", db_index=False
    )
    # The moment of the step, and of `disabled_at` where it disabled the account.
    at = models.DateTimeField()
    # When the customer had last been changed by then: an undoing leaves nothing of both.
    updated_before = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20)
    # The very rows it made: a tag that was taken off and put on by hand since is another row.
    added_taggings = ArrayField(models.BigIntegerField(), default=list)
    removed_tags = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes = [
            # Read by timelines: what bulk changes did to this customer, newest first.
            models.Index(fields=["customer", "at"], name="bulk_row_customer"),
            # Read by a change's page: who was skipped, and why.
            models.Index(
                fields=["of_change", "customer"],
                name="bulk_row_skipped",
                condition=~models.Q(outcome="changed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_change_id}:{self.customer_id}"

    @property
    def reason(self) -> str:
        """Why they were left out; "" for whom it changed. Reads the change: load it along."""
        if self.outcome == CHANGED:
            return ""
        return str(kind_of(self.of_change).outcomes.get(self.outcome, self.outcome))
