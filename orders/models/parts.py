"""What an order consists of: lines, the parcels they leave in, and money given back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from orders.models.refusals import NotShippable
from orders.tracking import tracking_url

if TYPE_CHECKING:
    from orders.models.orders import Order
    from orders.new import NewOrder


class Line(models.Model):
    """One product of an order, with the price it was sold at."""

    # Found by `line_position_once`.
    order = models.ForeignKey(
        "orders.Order", on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=255)
    variant = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=100, blank=True)
    quantity = models.PositiveIntegerField()
    shipped_quantity = models.PositiveIntegerField(default=0)
    price = models.DecimalField(max_digits=14, decimal_places=2)
    discount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["order_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_has_quantity"),
            # Two parcels packed at the same moment cannot both take the last bag.
            models.CheckConstraint(
                condition=Q(shipped_quantity__lte=F("quantity")), name="line_ships_what_was_ordered"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0), name="line_money_not_negative"
            ),
        ]
        indexes = [
            # Read by a product's page, and by the list of orders with that product.
            models.Index(fields=["sku"], name="line_by_sku"),
        ]

    # Written by the desk's page of an order: where the product stands that has this SKU today.
    product_url = ""

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity - self.discount


class Parcel(models.Model):
    """What left in one box. `number` is upper-case and without blanks."""

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="parcels")
    company = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=500, blank=True)
    # In the system that it comes from; "export" for what a file of orders says has left.
    external_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    shipped_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order_id", "shipped_at", "id"]
        constraints = [
            # A shop's system may tell of a parcel twice.
            models.UniqueConstraint(
                fields=["order", "number"], name="parcel_once", condition=~Q(number="")
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(delivered_at__gte=F("shipped_at")),
                name="parcel_shipped_before_delivered",
            ),
        ]
        indexes = [
            # Read by the search for a tracking number.
            models.Index(fields=["number"], name="parcel_number", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.number}".strip()

    @property
    def tracking_url(self) -> str:
        """The carrier's page for this parcel; "" where the carrier is not known."""
        given = self.url if self.url.startswith(("https://", "http://")) else ""
        return given or tracking_url(self.company, self.number)


class ParcelLine(models.Model):
    """How much of a line is in a parcel."""

    # Found by `parcel_line_once`.
    parcel = models.ForeignKey(
        Parcel, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="parcel_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["parcel_id", "line_id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_line_has_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.title}"


class Refund(models.Model):
    """Money that went back."""

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="refunds")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(max_length=64, blank=True)
    refunded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order_id", "refunded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
            # A shop's system may tell of a refund twice.
            models.UniqueConstraint(
                fields=["order", "external_id"], name="refund_once", condition=~Q(external_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


def lines_of(order: Order, new: NewOrder) -> list[Line]:
    return [
        Line(
            order=order,
            position=position,
            title=line.title,
            variant=line.variant,
            sku=line.sku,
            quantity=line.quantity,
            price=line.price,
            discount=line.discount,
        )
        for position, line in enumerate(new.lines, start=1)
    ]


def pack(lines: models.QuerySet[Line], quantities: Mapping[int, int] | None) -> dict[int, int]:
    """Take so many of each line (by id) out of what is left, or all of it. Raises NotShippable.

    The caller holds the order.
    """
    left = {line.pk: line.quantity - line.shipped_quantity for line in lines}
    wanted = left if quantities is None else quantities
    packed = {pk: count for pk, count in wanted.items() if count}
    if not packed or any(count < 0 or count > left.get(pk, 0) for pk, count in packed.items()):
        raise NotShippable
    for pk, count in packed.items():
        lines.filter(pk=pk).update(shipped_quantity=F("shipped_quantity") + count)
    return packed
