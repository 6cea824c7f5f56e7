"""What became of every row, and the rows on their way in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIPPED = "skipped", _("Skipped")


class ImportRow(models.Model):
    """What became of a row. The dry run notes what it would change and what needs a look.

    A row that says the same of a customer as the one before leaves none. The cells themselves stay
    in the file.
    """

    of_import = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    line = models.BigIntegerField()
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.SET_NULL,
        null=True,
        related_name="import_rows",
        db_index=False,
    )
    # By the import. What the dry run noted has not happened.
    is_written = models.BooleanField(default=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    problems = models.JSONField(default=list)
    # Of each field of a customer who was there: what it held before, and what the row says.
    changes = models.JSONField(default=dict)
    digest = models.UUIDField()
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

    def __str__(self) -> str:
        return f"{self.of_import_id}:{self.line}"


class StagedRow(models.Model):
    """A row between the file and the customers.

    Unlogged: a crash of the server empties the table, and the file is read again from where it was.
    """

    pk = models.CompositePrimaryKey("of_import_id", "line")
    of_import = models.ForeignKey(
        "customers.Import",
        on_delete=models.CASCADE,
        related_name="staged",
        db_index=False,
        db_constraint=False,
    )
    line = models.BigIntegerField()
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
    problems = models.JSONField()
    is_usable = models.BooleanField()
    has_address = models.BooleanField()
    digest = models.UUIDField()
    # Of the first rows, which the dry run's page shows: what is to become of them.
    verdict = models.CharField(max_length=9, choices=Outcome.choices, blank=True, db_default="")

    class Meta:
        db_table_comment = "Unlogged: holds rows of files only while they are imported."

    def __str__(self) -> str:
        return f"{self.of_import_id}:{self.line}"
