"""Which of a customer's numbers their orders speak against.

Whoever orders as a guest with somebody else's address brings a number of their own, and may be the
first to do so. The customer whose address it is orders later on, and says another, or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.comparing import same_phone
from orders.models import Order
from shop.models import Shop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from customers.models import Customer, Identity

# As of the proofs: the newest ones.
LOOKED_AT = 1000
SAID = ("phone", "shipping_address__phone", "billing_address__phone")


def contradicted(customer: Customer, numbers: Sequence[Identity]) -> set[str]:
    """Keys of those behind which an order came that says another number; or none, where the number
    itself stands on an order, and so may have come by it. One query, if there are numbers.
    """
    if not numbers:
        return set()
    orders = Order.objects.filter(customer=customer, is_test=False).newest_first()
    said = [
        (placed_at, [text for text in texts if text])
        for placed_at, *texts in orders.values_list("placed_at", *SAID)[:LOOKED_AT]
    ]
    return {one.key for one in numbers if _speaks_against(said, one, customer)}


def _speaks_against(
    said: list[tuple[datetime, list[str]]], number: Identity, customer: Customer
) -> bool:
    came = number.added_at or customer.created_at
    country = customer.country or Shop.current().country
    others = [
        (placed_at, texts)
        for placed_at, texts in said
        if not any(same_phone(text, [number.key], country=country) for text in texts)
    ]
    stands_on_an_order = len(others) < len(said)
    return any(placed_at > came and (texts or stands_on_an_order) for placed_at, texts in others)
