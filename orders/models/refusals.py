"""Why a verb of an order refuses. The page, the task or the connector turns it into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders.models.orders import Order


class OrderRefusal(Exception):
    """What was asked does not fit the state the order is in."""


class NotPayable(OrderRefusal):
    """A cancelled, voided or expired order takes no money."""


class NotShippable(OrderRefusal):
    """A cancelled order ships nothing, and no line ships more than was ordered."""


class NotRefundable(OrderRefusal):
    """There is no money to give back, or less than was asked for."""


class ImpossibleRefunds(OrderRefusal):
    """An order comes with more refunds than was ever paid for it."""

    def __init__(self, source: str, order: Order) -> None:
        super().__init__(
            f"{order.name} of {source}: {order.refunded} {order.currency} refunded,"
            f" {order.paid} paid"
        )


class NotCancellable(OrderRefusal):
    """Something of the order is already on its way."""
