"""Rows of customers on their way in, and what became of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.importing.outcomes import ImportRowBase, StagedRowBase


class ImportRow(ImportRowBase):
    """What became of a row of customers."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.SET_NULL,
        null=True,
        related_name="import_rows",
        db_index=False,
    )
    # What was there, for the import to be undone, and when the customer was changed last, then.
    before = models.JSONField(default=dict, db_default={})
    left_at = models.DateTimeField(null=True)
    # The digest once more where a row has neither id nor e-mail address to know it by.
    nameless_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            # Read by an import's page and its download, in the order of the file.
            models.UniqueConstraint(fields=["of_import", "line"], name="import_row_once")
        ]
        indexes = [
            # Read by timelines, and by imports: what did the last file say of this customer?
            models.Index(
                fields=["customer", "id"],
                name="import_row_customer",
                condition=Q(customer__isnull=False),
            ),
            # Read by imports: which customer came from this very row before?
            models.Index(
                fields=["nameless_key"],
                name="import_row_nameless",
                condition=Q(nameless_key__isnull=False, customer__isnull=False),
            ),
            # Read by an import's page: rows that need a look.
            models.Index(
                fields=["of_import", "line"], name="import_row_problems", condition=~Q(problems=[])
            ),
            # Read by an import's page and its download: who is changed, and how.
            models.Index(
                fields=["of_import", "line"], name="import_row_changes", condition=~Q(changes={})
            ),
        ]

    @property
    def subject_id(self) -> int | None:
        return self.customer_id

    @property
    def subject_name(self) -> str:
        return self.customer.name if self.customer else ""


class StagedRow(StagedRowBase):
    """A row between the file and the customers."""

    external_id = models.TextField()
    first_name = models.TextField()
    last_name = models.TextField()
    company = models.TextField()
    email = models.TextField()
    email_key = models.TextField()
    phone = models.TextField()
    phone_key = models.TextField()
    street = models.TextField()
    extra = models.TextField()
    postal_code = models.TextField()
    city = models.TextField()
    region = models.TextField()
    country = models.TextField()
    address_phone = models.TextField()
    note = models.TextField()
    tags = ArrayField(models.TextField())
    tag_keys = ArrayField(models.TextField())
    email_consent = models.BooleanField(null=True)
    sms_consent = models.BooleanField(null=True)
    orders_count = models.IntegerField(null=True)
    amount_spent = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    has_address = models.BooleanField()

    class Meta:
        db_table_comment = "Unlogged: holds rows of files only while they are imported."


class MatchedRow(models.Model):
    """Whom a row is about, where rows that are written before it would hide that.

    Logged, unlike the staged rows: after a crash of the server the rest of a file is about whom it
    was about before.
    """

    pk = models.CompositePrimaryKey("of_import_id", "line")
    of_import = models.ForeignKey(
        "customers.Import",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    line = models.BigIntegerField()
    # Nobody: somebody new, who shares a phone number. Who is gone at the row's turn is new as well.
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # Another row of the file is about the same customer, and counts.
    is_second = models.BooleanField()
    # Its e-mail address is the primary one of another customer.
    is_email_taken = models.BooleanField()
    is_by_other_email = models.BooleanField()
    # The name of a customer, as it was before the import.
    shares_phone_with = models.TextField()

    def __str__(self) -> str:
        return f"{self.of_import_id}:{self.line}"
