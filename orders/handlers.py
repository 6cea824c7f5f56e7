"""What orders do after other apps' events, in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.handlers import on
from orders.models import Recount

if TYPE_CHECKING:
    from events.models import Event


@on("shop.changed", queue="bulk", name="orders.recount_in_the_new_currency")
def recount_in_the_new_currency(event: Event) -> None:
    """Amounts spent are in the shop's currency: another one makes them new for everybody."""
    if "currency" in event.plain.get("fields", []):
        Recount.begin()
