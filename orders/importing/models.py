"""Orders on their way in, and what became of each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.importing.outcomes import Outcome


class OrderImportRow(models.Model):
    """What became of an order of a file, by the line where it begins."""

    of_import = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="order_rows", db_index=False
    )
    line = models.BigIntegerField()
    order = models.ForeignKey(
        "orders.Order",
        on_delete=models.SET_NULL,
        null=True,
        related_name="import_rows",
        db_index=False,
    )
    is_written = models.BooleanField(default=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    digest = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of_import", "line"], name="order_import_row_once")
        ]
        indexes = [
            # Read by timelines, and by imports: what did the last file say of this order?
            models.Index(
                fields=["order", "id"],
                name="order_import_row_order",
                condition=Q(order__isnull=False),
            ),
        ]


class StagedOrder(models.Model):
    """An order between the file and the orders, by the line where it begins."""

    pk = models.CompositePrimaryKey("of_import_id", "line")
    of_import = models.ForeignKey(
        "customers.Import",
        on_delete=models.CASCADE,
        related_name="staged_orders",
        db_index=False,
        db_constraint=False,
    )
    line = models.BigIntegerField()
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
    problems = models.JSONField()
    is_usable = models.BooleanField()
    digest = models.UUIDField()
    verdict = models.CharField(max_length=9, choices=Outcome.choices, blank=True, db_default="")

    class Meta:
        db_table_comment = "Unlogged: holds orders of files only while they are imported."
