"""Why a verb of an order refuses. The page, the task or the connector turns it into words."""

from __future__ import annotations


class OrderRefusal(Exception):
    """What was asked does not fit the state the order is in."""


class NotPayable(OrderRefusal):
    """A cancelled, voided or expired order takes no money."""


class NotShippable(OrderRefusal):
    """A cancelled order ships nothing, and no line ships more than was ordered."""


class NotRefundable(OrderRefusal):
    """There is no money to give back, or less than was asked for."""


class NotCancellable(OrderRefusal):
    """Something of the order is already on its way."""
