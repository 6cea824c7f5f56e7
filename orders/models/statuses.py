"""The states of an order's money and goods, under the names that shops' own systems give them."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _


class FinancialStatus(models.TextChoices):
    """Where an order's money is. Values as Shopify exports them."""

    PENDING = "pending", _("Payment pending")
    AUTHORIZED = "authorized", _("Authorised")
    PARTIALLY_PAID = "partially_paid", _("Partially paid")
    PAID = "paid", _("Paid")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")
    VOIDED = "voided", _("Voided")
    EXPIRED = "expired", _("Expired")


class FulfillmentStatus(models.TextChoices):
    """Where an order's goods are. Shopify's values; its empty one is spelt out."""

    UNFULFILLED = "unfulfilled", _("Unfulfilled")
    PARTIAL = "partial", _("Partially shipped")
    FULFILLED = "fulfilled", _("Shipped")
    RESTOCKED = "restocked", _("Restocked")


class CancelReason(models.TextChoices):
    """Why an order was cancelled. Shopify's values."""

    CUSTOMER = "customer", _("Customer changed their mind")
    DECLINED = "declined", _("Payment declined")
    FRAUD = "fraud", _("Suspected fraud")
    INVENTORY = "inventory", _("Out of stock")
    STAFF = "staff", _("Mistake by staff")
    OTHER = "other", _("Other reason")


AWAITING_MONEY = (
    FinancialStatus.PENDING,
    FinancialStatus.AUTHORIZED,
    FinancialStatus.PARTIALLY_PAID,
)
GAVE_BACK = (FinancialStatus.PARTIALLY_REFUNDED, FinancialStatus.REFUNDED)
UNTOUCHED_BY_MONEY = (FinancialStatus.PENDING, FinancialStatus.AUTHORIZED)
# A refund of the part that was paid does not settle the rest.
PAYABLE = Q(cancelled_at=None) & (
    Q(financial_status__in=AWAITING_MONEY)
    | Q(financial_status__in=GAVE_BACK, paid__lt=models.F("total"))
)
ONCE_PAID = Case(
    When(refunded__gt=0, then=Value(FinancialStatus.PARTIALLY_REFUNDED)),
    default=Value(FinancialStatus.PAID),
)

# Sent, and not all of it has arrived; an index of its own knows these few.
ON_THE_WAY = Q(cancelled_at=None, delivered_at=None, fulfillment_status=FulfillmentStatus.FULFILLED)

FINANCIAL_TONES = {
    FinancialStatus.PENDING: "warn",
    FinancialStatus.AUTHORIZED: "info",
    FinancialStatus.PARTIALLY_PAID: "warn",
    FinancialStatus.PAID: "ok",
}
FULFILLMENT_TONES = {
    FulfillmentStatus.UNFULFILLED: "warn",
    FulfillmentStatus.PARTIAL: "warn",
    FulfillmentStatus.FULFILLED: "info",
}
