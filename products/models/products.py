"""A product of the shop, mirrored: the shop's own system stays its master."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from core.constraints import broke
from events.log import record
from products.following import follow
from products.models.labels import ProductLabels
from products.models.mirroring import mirror_variants
from products.models.querysets import ProductQuerySet
from products.models.refusals import HandleTaken
from products.models.statuses import ProductStatus
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import User
    from products.new import NewProduct

# It changes with every order; a timeline of it would say nothing.
UNTOLD = {"stock"}


class ProductFigures(models.Model):
    """What the variants come to. Written by `products.following`."""

    price_from = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_to = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    stock = models.IntegerField(default=0)  # what is there, of the variants that are counted
    oversold = models.IntegerField(default=0, db_default=0)  # what was sold beyond it
    tracked_count = models.PositiveIntegerField(default=0)
    variants_count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Product(ProductLabels, ProductFigures):
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=255)
    handle = models.CharField(max_length=255)  # its name in the shop's addresses
    title = models.CharField(max_length=255)
    # Folded; written by `products.following`. "C": servers sort umlauts differently.
    sort_title = models.CharField(max_length=300, blank=True, db_collation="C")
    description = models.TextField(blank=True)  # HTML that `clean_description` has seen
    vendor = models.CharField(max_length=255, blank=True)
    product_type = models.CharField(max_length=255, blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    status = models.CharField(
        max_length=10, choices=ProductStatus.choices, default=ProductStatus.ACTIVE
    )
    option1_name = models.CharField(max_length=255, blank=True)
    option2_name = models.CharField(max_length=255, blank=True)
    option3_name = models.CharField(max_length=255, blank=True)
    currency = models.CharField(max_length=3)
    image_url = models.CharField(max_length=2000, blank=True)
    page_url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="product_once_per_source"
            ),
            # Read by whoever follows an address of the shop.
            models.UniqueConstraint(fields=["handle"], name="product_handle_once"),
            models.CheckConstraint(
                condition=Q(status__in=ProductStatus.values), name="product_status_known"
            ),
            # Pages link there: nothing but the web, whoever wrote the row.
            models.CheckConstraint(
                condition=(Q(image_url="") | Q(image_url__iregex="^https?://"))
                & (Q(page_url="") | Q(page_url__iregex="^https?://")),
                name="product_addresses_of_the_web",
            ),
        ]
        indexes = [
            # Read by the list, one for each of its sorts.
            models.Index(fields=["sort_title", "id"], name="product_by_title"),
            models.Index(fields=["created_at", "id"], name="product_by_created"),
            models.Index(fields=["updated_at", "id"], name="product_by_updated"),
            models.Index(fields=["stock", "id"], name="product_by_stock"),
            # Read by the list's tabs.
            models.Index(fields=["status", "sort_title", "id"], name="product_by_status"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def mirror(cls, new: NewProduct, *, by: User | None) -> Product:
        """Take over what the shop says of a product, and of its variants all that it names.

        A repeat changes nothing. Raises HandleTaken.
        """
        with transaction.atomic():
            columns = new.columns()
            columns["currency"] = columns["currency"] or Shop.current().currency
            product = cls._held(new)
            is_new = product is None
            if product is None:
                product, is_new = cls._added(new, columns)
            changes = product._take(columns) | mirror_variants(product, new.variants)
            if is_new or changes:
                product._row().update(updated_at=timezone.now())
                follow([product.pk])
                product.refresh_from_db()
                product._tell(is_new, changes, by=by)
        return product

    @classmethod
    def _held(cls, new: NewProduct) -> Product | None:
        """The one that is known, for as long as the transaction lasts."""
        known = cls.objects.filter(source=new.source, external_id=new.external_id)
        return known.select_for_update(no_key=True).first()

    @classmethod
    def _added(cls, new: NewProduct, columns: dict[str, Any]) -> tuple[Product, bool]:
        """A new row; False where another transaction had added it a moment before."""
        product = cls(source=new.source, external_id=new.external_id, **columns)
        try:
            with transaction.atomic():
                product.save(force_insert=True)
        except IntegrityError as error:
            if not broke(error, "product_once_per_source", "product_handle_once"):
                raise
            known = cls._held(new)
            if known is None:
                raise HandleTaken from error
            return known, False
        return product, True

    def _take(self, columns: dict[str, Any]) -> set[str]:
        """Write what differs; returns the names of it."""
        changed = {name: value for name, value in columns.items() if getattr(self, name) != value}
        try:
            with transaction.atomic():
                if changed:
                    self._row().update(**changed)
        except IntegrityError as error:
            if not broke(error, "product_handle_once"):
                raise
            raise HandleTaken from error
        return set(changed)

    def _row(self) -> ProductQuerySet:
        return Product.objects.filter(pk=self.pk)

    def _tell(self, is_new: bool, changes: set[str], *, by: User | None) -> None:  # noqa: FBT001 -- of one caller
        if is_new:
            record("product.added", self, by=by, about=[self])
        elif told := sorted(changes - UNTOLD):
            record("product.changed", self, by=by, about=[self], changes=told)
