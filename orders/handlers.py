"""What orders do after other apps' events, in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.handlers import on
from orders.figures import kept_figures
from orders.models import Order

if TYPE_CHECKING:
    from events.models import Event
    from orders.models import OrderQuerySet

CHUNK = 1000


@on("shop.changed", queue="bulk")
def recount_in_the_new_currency(event: Event) -> None:
    """Amounts spent are in the shop's currency: another one makes them new for everybody."""
    if "currency" not in event.plain.get("fields", []):
        return
    known = Order.objects.exclude(customer=None).order_by("customer_id")
    last = 0
    # Set by set, in the order in which everybody locks customers.
    while ids := _next_ids(known, last):
        with kept_figures(ids):
            last = ids[-1]


def _next_ids(known: OrderQuerySet, last: int) -> list[int]:
    later = known.filter(customer__gt=last).values_list("customer_id", flat=True).distinct()
    return list(later[:CHUNK])
