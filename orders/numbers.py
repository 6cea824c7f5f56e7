"""Which of a customer's numbers their orders speak against.

Whoever orders as a guest with somebody else's address brings a number of their own, and may be the
first to do so. The customer whose address it is orders earlier or later, and says another, or none.
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
    """Keys of those behind which an order came that says another number. Those that stand on an
    order themselves may have come by it, and be noted only with the import that brought it: any
    other order that does not say them counts, whenever placed. One query, if there are numbers.
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
    # Each text once: a thousand orders mostly say the same few.
    distinct = {text for _, texts in said for text in texts}
    same = {text for text in distinct if same_phone(text, [number.key], country=country)}
    others = [(placed_at, texts) for placed_at, texts in said if same.isdisjoint(texts)]
    stands_on_an_order = len(others) < len(said)
    if stands_on_an_order:
        return bool(others)
    return any(placed_at > came and texts for placed_at, texts in others)
