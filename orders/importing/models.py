"""Orders on their way in, and what became of each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.importing.outcomes import ImportRowBase, StagedRowBase


class OrderImportRow(ImportRowBase):
    """What became of an order of a file, by the line where it begins."""

    order = models.ForeignKey(
        "orders.Order",
        on_delete=models.SET_NULL,
        null=True,
        related_name="import_rows",
        db_index=False,
    )

    # Who came with this row.
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    # For the import to be undone: of an order that was changed, what it was before, and a
    # fingerprint of how the import left it; whether its customer subscribed with this row.
    before = models.JSONField(default=dict, db_default={})
    left_as = models.UUIDField(null=True)
    # Lines of the file that belong to it and stand apart.
    pieces = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        constraints = [
            # Read by an import's page and its download, in the order of the file.
            models.UniqueConstraint(fields=["of_import", "line"], name="order_import_row_once")
        ]
        indexes = [
            # Read by timelines, and by imports: what did the last file say of this order?
            models.Index(
                fields=["order", "id"],
                name="order_import_row_order",
                condition=Q(order__isnull=False),
            ),
            # Read when an import is undone, or a customer goes: with which row did they come?
            models.Index(
                fields=["customer"],
                name="order_import_row_newcomer",
                condition=Q(customer__isnull=False),
            ),
            # Read by an import's page: rows that need a look.
            models.Index(
                fields=["of_import", "line"],
                name="order_import_row_problems",
                condition=~Q(problems=[]),
            ),
            # Read by an import's page and its download: which is changed, and how.
            models.Index(
                fields=["of_import", "line"],
                name="order_import_row_changes",
                condition=~Q(changes={}),
            ),
        ]

    @property
    def subject_id(self) -> int | None:
        return self.order_id

    @property
    def subject_name(self) -> str:
        return self.order.name if self.order else ""


class StagedOrder(StagedRowBase):
    """An order between the file and the orders, by the line where it begins."""

    # Where one is NULL, the file says nothing of it.
    external_id = models.TextField()
    name = models.TextField()
    number = models.BigIntegerField()
    placed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField()
    currency = models.TextField()
    subtotal = models.DecimalField(max_digits=20, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    shipping = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    taxes = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    paid = models.DecimalField(max_digits=14, decimal_places=2)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    financial_status = models.TextField()
    fulfillment_status = models.TextField()
    fulfilled_at = models.DateTimeField(null=True)
    email = models.TextField()
    phone = models.TextField()
    phone_key = models.TextField()
    billing_address = models.JSONField(null=True)
    shipping_address = models.JSONField(null=True)
    note = models.TextField(null=True)
    tags = ArrayField(models.TextField(), null=True)
    discount_code = models.TextField(null=True)
    shipping_method = models.TextField(null=True)
    payment_method = models.TextField(null=True)
    accepts_marketing = models.BooleanField(null=True)
    is_test = models.BooleanField()
    lines = models.JSONField()
    parcels = models.JSONField()
    refunds = models.JSONField()
    # Lines of the file whose rows were joined with this one.
    pieces = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        db_table_comment = "Unlogged: holds orders of files only while they are imported."


class StagedBuyer(models.Model):
    """Whom the orders of a dry run name, each once: so that people are counted, and not orders."""

    pk = models.CompositePrimaryKey("of_import_id", "key")
    of_import = models.ForeignKey(
        "customers.Import",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # What it stands for is told by `orders.importing.newcomers`.
    key = models.TextField(db_collation="C")

    class Meta:
        db_table_comment = "Unlogged: holds keys of people only while their orders are checked."

    def __str__(self) -> str:
        return f"{self.of_import_id}: {self.key}"
