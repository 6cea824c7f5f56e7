"""An order on its way into ShopDesk, from a shop's system, a file or the demo seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from orders.models.statuses import FinancialStatus

NOTHING = Decimal(0)


@dataclass(frozen=True)
class NewLine:
    title: str
    price: Decimal
    quantity: int = 1
    variant: str = ""
    sku: str = ""
    discount: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity - self.discount


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """What is known of an order when it is placed.

    `source` and `external_id` tell two systems' orders apart; together they stand for one order
    for ever. Prices include taxes unless `total` says otherwise.
    """

    source: str
    external_id: str
    number: int
    placed_at: datetime
    currency: str
    lines: Sequence[NewLine]
    customer_id: int | None = None
    name: str = ""
    shipping: Decimal = NOTHING
    taxes: Decimal = NOTHING
    discount: Decimal = NOTHING
    total: Decimal | None = None
    financial_status: str = FinancialStatus.PENDING
    # Asked for where only a part is paid; otherwise the status says it.
    paid: Decimal | None = None
    email: str = ""
    phone: str = ""
    billing_address: dict[str, str] = field(default_factory=dict)
    shipping_address: dict[str, str] = field(default_factory=dict)
    note: str = ""
    tags: Sequence[str] = ()
    is_test: bool = False

    def columns(self) -> dict[str, Any]:
        """The values of the order's own row."""
        subtotal = sum((line.total for line in self.lines), NOTHING)
        total = subtotal + self.shipping - self.discount if self.total is None else self.total
        is_paid = self.financial_status in {"paid", "partially_refunded", "refunded"}
        return {
            **{name: getattr(self, name) for name in COPIED},
            "name": self.name or f"#{self.number}",
            "email": self.email.strip().lower(),
            "tags": list(self.tags),
            "subtotal": subtotal,
            "total": total,
            "paid": self._paid(total if is_paid else NOTHING, total),
            "paid_at": self.placed_at if is_paid else None,
        }

    @property
    def refunded(self) -> Decimal:
        """Nothing, of an order that has no past."""
        return NOTHING

    def _paid(self, by_status: Decimal, total: Decimal) -> Decimal:
        """What was given back had been paid, whatever the status says today."""
        return min(total, max(self.refunded, by_status)) if self.paid is None else self.paid


COPIED = (
    *("source", "external_id", "number", "placed_at", "currency", "customer_id"),
    *("shipping", "taxes", "discount", "financial_status", "phone", "note", "is_test"),
    *("billing_address", "shipping_address"),
)
