from __future__ import annotations

from orders.importing.models import OrderImportRow, StagedOrder
from orders.models.orders import Order
from orders.models.parts import Line, Parcel, ParcelLine, Refund
from orders.models.querysets import OrderQuerySet
from orders.models.recounts import Recount
from orders.models.refusals import (
    ImpossibleRefunds,
    NotCancellable,
    NotPayable,
    NotRefundable,
    NotShippable,
    OrderRefusal,
)
from orders.models.statuses import CancelReason, FinancialStatus, FulfillmentStatus

__all__ = [
    "CancelReason",
    "FinancialStatus",
    "FulfillmentStatus",
    "ImpossibleRefunds",
    "Line",
    "NotCancellable",
    "NotPayable",
    "NotRefundable",
    "NotShippable",
    "Order",
    "OrderImportRow",
    "OrderQuerySet",
    "OrderRefusal",
    "Parcel",
    "ParcelLine",
    "Recount",
    "Refund",
    "StagedOrder",
]
