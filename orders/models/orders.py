"""An order, and everything that may happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from core.constraints import broke
from customers.models import Customer
from events.log import record
from orders.figures import kept_figures
from orders.models.amounts import Amounts
from orders.models.labels import OrderLabels
from orders.models.parts import Line, Parcel, ParcelLine, Refund, lines_of, pack
from orders.models.querysets import OrderQuerySet
from orders.models.refusals import NotCancellable, NotPayable, NotRefundable
from orders.models.statuses import (
    ON_THE_WAY,
    ONCE_PAID,
    PAYABLE,
    UNTOUCHED_BY_MONEY,
    CancelReason,
    FinancialStatus,
    FulfillmentStatus,
)
from orders.tracking import clean_number

if TYPE_CHECKING:
    from accounts.models import User
    from events.models import Event
    from orders.new import NewOrder


class Order(OrderLabels, Amounts):
    """Something somebody bought. The customer's figures follow each change in its transaction."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="orders", db_index=False
    )
    name = models.CharField(max_length=64)  # what people call it: "#1001"
    number = models.BigIntegerField()
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # Every line has left and every parcel has arrived.
    delivered_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    financial_status = models.CharField(
        max_length=20, choices=FinancialStatus.choices, default=FinancialStatus.PENDING
    )
    fulfillment_status = models.CharField(
        max_length=20, choices=FulfillmentStatus.choices, default=FulfillmentStatus.UNFULFILLED
    )
    email = models.CharField(max_length=254, blank=True)  # lower-case
    phone = models.CharField(max_length=40, blank=True)
    # As they stood on the order: a later move of the customer does not rewrite them.
    billing_address = models.JSONField(default=dict)
    shipping_address = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    is_test = models.BooleanField(default=False)
    # Set where the order came with its past: its row then speaks on timelines, not events.
    brought_in_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="order_once_per_source"),
            models.CheckConstraint(
                condition=Q(
                    subtotal__gte=0, discount__gte=0, shipping__gte=0, taxes__gte=0, total__gte=0
                ),
                name="order_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("paid"), paid__lte=F("total")),
                name="order_refunds_what_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(financial_status__in=FinancialStatus.values),
                name="order_financial_status_known",
            ),
            models.CheckConstraint(
                condition=Q(fulfillment_status__in=FulfillmentStatus.values),
                name="order_fulfillment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancel_reason__in=CancelReason.values),
                name="order_cancelled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(fulfillment_status="fulfilled"),
                name="order_delivered_after_it_left",
            ),
        ]
        indexes = [
            # Read by the customer's panel, their account page, and the recount of figures.
            models.Index(fields=["customer", "placed_at", "id"], name="order_of_customer"),
            # Read by the list, newest or oldest first.
            models.Index(fields=["placed_at", "id"], name="order_newest"),
            # Read by the list sorted by total.
            models.Index(fields=["total", "id"], name="order_by_total"),
            # Read by the list sorted by number, and by the look-up of a number.
            models.Index(fields=["number", "id"], name="order_by_number"),
            # Read by the list filtered by where the money or the goods are.
            models.Index(fields=["financial_status", "placed_at", "id"], name="order_by_money"),
            models.Index(fields=["fulfillment_status", "placed_at", "id"], name="order_by_goods"),
            # Read by the look-up of a name such as KN-1001.
            models.Index(Upper("name"), name="order_by_name"),
            # Read by the search for the beginning of an e-mail address.
            models.Index(OpClass("email", "text_pattern_ops"), name="order_by_email"),
            # Read by the list's tabs "cancelled" and "on the way", which hold few of all orders.
            models.Index(
                fields=["placed_at", "id"],
                name="order_cancelled",
                condition=Q(cancelled_at__isnull=False),
            ),
            models.Index(fields=["placed_at", "id"], name="order_on_the_way", condition=ON_THE_WAY),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def place(cls, new: NewOrder, *, by: User | Customer | None) -> Order:
        """Take an order in. A repeat with the same source and external id returns the first."""
        with kept_figures([new.customer_id]):
            known = cls.objects.filter(source=new.source, external_id=new.external_id)
            order = known.first()
            if order is not None:
                return order
            order = cls(**new.columns())
            try:
                with transaction.atomic():
                    order.save(force_insert=True)
            except IntegrityError as error:
                # An order without a customer has no lock to wait at. Any other rule is our bug.
                if not broke(error, "order_once_per_source"):
                    raise
                return known.get()
            Line.objects.bulk_create(lines_of(order, new))
            order._record("order.placed", by=by)
        return order

    def pay(self, *, by: User | None, at: datetime | None = None) -> bool:
        """Note that all of it is paid. A repeat changes nothing and returns False."""
        with kept_figures([self.customer_id]):
            payable = self._row().filter(PAYABLE)
            paid = payable.update(
                financial_status=ONCE_PAID, paid=F("total"), paid_at=at or timezone.now()
            )
            self.refresh_from_db()
            if paid:
                self._record("order.paid", by=by)
            elif self.paid_at is None:
                raise NotPayable
        return bool(paid)

    def ship(
        self,
        *,
        by: User | None,
        company: str = "",
        number: str = "",
        quantities: Mapping[int, int] | None = None,
        at: datetime | None = None,
    ) -> Parcel:
        """Send a parcel with so many of each line (by id), or else with all that is left.

        A repeat with the same tracking number returns the parcel that is known.
        """
        number = clean_number(number)
        with transaction.atomic():
            self._lock()
            known = self.parcels.filter(number=number).exclude(number="").first()
            if known is not None:
                return known
            # Of a cancelled order nothing leaves any more.
            packed = pack(self.lines.filter(order__cancelled_at=None), quantities)
            parcel = self.parcels.create(
                company=company, number=number, shipped_at=at or timezone.now()
            )
            ParcelLine.objects.bulk_create(
                ParcelLine(parcel=parcel, line_id=pk, quantity=count)
                for pk, count in packed.items()
            )
            self._follow_parcels()
            record(
                "parcel.shipped",
                parcel,
                by=by,
                about=self._about(),
                order=self.name,
                company=company,
            )
        return parcel

    def deliver(self, parcel: Parcel, *, by: User | None, at: datetime | None = None) -> bool:
        """Note that a parcel arrived. A repeat changes nothing and returns False."""
        with transaction.atomic():
            self._lock()
            arrived_at = max(at or timezone.now(), parcel.shipped_at)
            waiting = self.parcels.filter(pk=parcel.pk, delivered_at=None)
            if not waiting.update(delivered_at=arrived_at):
                return False
            self._follow_parcels()
            parcel.refresh_from_db()
            record("parcel.delivered", parcel, by=by, about=self._about(), order=self.name)
        return True

    def refund(
        self,
        amount: Decimal,
        *,
        by: User | None,
        reason: str = "",
        external_id: str = "",
        at: datetime | None = None,
    ) -> Refund:
        """Give money back, at most what was paid. A repeat with the same id returns the first."""
        with kept_figures([self.customer_id]):
            self._lock()
            known = self.refunds.filter(external_id=external_id).exclude(external_id="").first()
            if known is not None:
                return known
            if amount <= 0 or not self._give_back(amount):
                raise NotRefundable
            refund = self.refunds.create(
                amount=amount,
                reason=reason,
                external_id=external_id,
                refunded_at=at or timezone.now(),
            )
            self._record("order.refunded", by=by, amount=str(amount), currency=self.currency)
        return refund

    def cancel(
        self, reason: str, *, by: User | Customer | None, at: datetime | None = None
    ) -> bool:
        """Call the order off before anything of it leaves. A repeat returns False."""
        with kept_figures([self.customer_id]):
            self._lock()
            if self.cancelled_at is not None:
                return False
            if reason not in CancelReason.values or self.parcels.exists():
                raise NotCancellable
            self.cancelled_at, self.cancel_reason = at or timezone.now(), reason
            if self.paid == 0 and self.financial_status in UNTOUCHED_BY_MONEY:
                self.financial_status = FinancialStatus.VOIDED
            self.save(update_fields=["cancelled_at", "cancel_reason", "financial_status"])
            self._record("order.cancelled", by=by, reason=reason)
        return True

    def _row(self) -> OrderQuerySet:
        return Order.objects.filter(pk=self.pk)

    def _lock(self) -> None:
        """Lines, parcels and the row itself must agree: whoever changes them waits here."""
        waiting = Order.objects.select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=waiting)

    def _follow_parcels(self) -> None:
        """Say of the whole order what its lines and parcels say together."""
        all_left = not self.lines.filter(shipped_quantity__lt=F("quantity")).exists()
        arrivals = list(self.parcels.values_list("delivered_at", flat=True))
        whole, part = FulfillmentStatus.FULFILLED, FulfillmentStatus.PARTIAL
        self.fulfillment_status = whole if all_left else part
        self.delivered_at = max(arrivals) if all_left and None not in arrivals else None  # type: ignore[type-var]  # none is None here
        self.save(update_fields=["fulfillment_status", "delivered_at"])

    def _give_back(self, amount: Decimal) -> bool:
        has_money = self._row().filter(refunded__lte=F("paid") - amount)
        whole = self.refunded + amount == self.paid
        status = FinancialStatus.REFUNDED if whole else FinancialStatus.PARTIALLY_REFUNDED
        given = has_money.update(refunded=F("refunded") + amount, financial_status=status)
        self.refresh_from_db()
        return bool(given)

    def _about(self) -> list[models.Model]:
        return [self, self.customer] if self.customer else [self]

    def _record(self, name: str, *, by: models.Model | None, **plain: Any) -> Event:
        return record(name, self, by=by, about=self._about(), order=self.name, **plain)
