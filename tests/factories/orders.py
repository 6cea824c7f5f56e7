"""The smallest valid orders, placed by the order's own verb."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from orders.importing.past import PastOrder
from orders.models import Order
from orders.new import NewLine, NewOrder

if TYPE_CHECKING:
    from customers.models import Customer

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
BEANS = NewLine(title="Espresso Nordlicht", variant="1 kg", sku="ESP-1000", price=Decimal("25.00"))
MILL = NewLine(title="Handmühle Feinschliff", sku="MILL-1", price=Decimal("89.00"), quantity=2)
HOME = {
    "name": "Jana Müller",
    "street": "Eppendorfer Weg 12",
    "postal_code": "20259",
    "city": "Hamburg",
    "country": "DE",
}
_numbers = count(5001)


def new_order(customer: Customer | None = None, **known: Any) -> NewOrder:
    return NewOrder(**_known(customer, known))


def past_order(customer: Customer | None = None, **known: Any) -> PastOrder:
    return PastOrder(**_known(customer, known))


def place(customer: Customer | None = None, **known: Any) -> Order:
    """An order of one bag of beans: 25.00 EUR, not paid yet."""
    return Order.place(new_order(customer, **known), by=None)


def _known(customer: Customer | None, known: dict[str, Any]) -> dict[str, Any]:
    number = known.pop("number", None) or next(_numbers)
    return {
        "source": "shop",
        "external_id": str(number),
        "number": number,
        "placed_at": NOON,
        "currency": "EUR",
        "lines": [BEANS],
        "customer_id": customer.pk if customer else None,
        "shipping_address": HOME,
        "billing_address": HOME,
        **known,
    }
