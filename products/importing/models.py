"""Products on their way in, and what became of each."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.importing.outcomes import ImportRowBase, StagedRowBase
from products.importing.sales import price_on
from products.models.statuses import ProductStatus


class ProductImportRow(ImportRowBase):
    """What became of a product of a file, by the line where it begins."""

    product = models.ForeignKey(
        "products.Product",
        on_delete=models.SET_NULL,
        null=True,
        related_name="import_rows",
        db_index=False,
    )
    # What was there, for the import to be undone, and when the product was changed last, then.
    before = models.JSONField(default=dict, db_default={})
    left_at = models.DateTimeField(null=True)
    # By which WooCommerce's variations name a product that has variants: nothing else keeps it.
    sku_ref = models.CharField(max_length=260, blank=True)

    class Meta:
        constraints = [
            # Read by an import's page and its download, in the order of the file.
            models.UniqueConstraint(fields=["of_import", "line"], name="product_import_row_once")
        ]
        indexes = [
            # Read by a product's timeline, and by imports: what did the last file say of it?
            models.Index(
                fields=["product", "id"],
                name="product_import_row_product",
                condition=Q(product__isnull=False),
            ),
            # Read by imports: whose is a variation that names its parent by SKU?
            models.Index(
                fields=["sku_ref"],
                name="product_import_row_sku",
                condition=Q(product__isnull=False) & ~Q(sku_ref=""),
            ),
            # Read by an import's page: rows that need a look.
            models.Index(
                fields=["of_import", "line"],
                name="product_import_row_problems",
                condition=~Q(problems=[]),
            ),
            # Read by an import's page and its download: which is changed, and how.
            models.Index(
                fields=["of_import", "line"],
                name="product_import_row_changes",
                condition=~Q(changes={}),
            ),
        ]

    @property
    def subject_id(self) -> int | None:
        return self.product_id

    @property
    def subject_name(self) -> str:
        return self.product.title if self.product else ""


class StagedProduct(StagedRowBase):
    """A product between the file and the products, by the line where it begins."""

    # Where one is NULL, the file says nothing of it.
    ref = models.TextField()
    sku_ref = models.TextField()
    parent = models.TextField()
    position = models.IntegerField()
    external_id = models.TextField()
    handle = models.TextField()
    other_handle = models.TextField()
    title = models.TextField(null=True)
    description = models.TextField(null=True)
    vendor = models.TextField(null=True)
    product_type = models.TextField(null=True)
    tags = ArrayField(models.TextField(), null=True)
    status = models.TextField(null=True)
    option1_name = models.TextField(null=True)
    option2_name = models.TextField(null=True)
    option3_name = models.TextField(null=True)
    image_url = models.TextField(null=True)
    variants = models.JSONField()

    class Meta:
        db_table_comment = "Unlogged: holds products of files only while they are imported."

    @property
    def name(self) -> str:
        return self.title or self.handle or self.external_id

    @property
    def status_label(self) -> str:
        return str(ProductStatus(self.status).label) if self.status else ""

    @property
    def variant_words(self) -> list[str]:
        """Options and SKU of each, as far as there are any."""
        return [
            " · ".join(filter(None, [*(one.get(f"option{n}") for n in (1, 2, 3)), one.get("sku")]))
            for one in self.variants
        ]

    @property
    def price_from(self) -> Decimal | None:
        return min(self._prices(), default=None)

    @property
    def price_to(self) -> Decimal | None:
        return max(self._prices(), default=None)

    def _prices(self) -> list[Decimal]:
        today = timezone.localdate()
        prices = [price_on(today, one) for one in self.variants]
        return [Decimal(price) for price in prices if price]
