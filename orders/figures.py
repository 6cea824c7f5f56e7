"""What a customer's orders add up to, kept on the customer's row in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from customers import figures
from shop.models import Shop


@contextmanager
def kept_figures(customer_ids: Iterable[int | None]) -> Iterator[None]:
    """Run a change of orders in one transaction that leaves these customers' figures right.

    The customers are locked first, so that of two orders at once the later counts the earlier.
    """
    ids = sorted({pk for pk in customer_ids if pk is not None})
    with transaction.atomic():
        figures.lock(ids)
        yield
        recount(ids)


def count_anew(customer_ids: Sequence[int]) -> None:
    """Make these customers' figures right, after the transaction that changed their orders."""
    with kept_figures(customer_ids):
        pass


def recount(ids: list[int]) -> None:
    """Add up the orders of locked customers, set-based: three statements for any number of them.

    Who has lost the last order has bought nothing, or what an export said before any was known.
    """
    values: dict[str, Any] = {"ids": ids, "currency": Shop.current().currency}
    figures.set_figures_from(_TOTALS, values)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_ORDERS, values)
        figures.clear_figures([pk for (pk,) in cursor.fetchall()])


# Which orders are worth something to the shop; the others only count.
EARNS = "cancelled_at IS NULL AND currency = %(currency)s AND financial_status <> 'voided'"
# What the column holds: a currency of small coins, many times over.
MOST = "999999999999.99"
_TOTALS = f"""
SELECT customer_id, count(*)::integer,
    least(coalesce(sum(total - refunded) FILTER (WHERE {EARNS}), 0), {MOST}),
    min(placed_at), max(placed_at)
FROM orders_order WHERE customer_id = ANY(%(ids)s) AND NOT is_test GROUP BY customer_id
"""  # noqa: S608 -- of constants
_WITHOUT_ORDERS = """
SELECT chosen.id FROM unnest(%(ids)s::bigint[]) AS chosen (id) WHERE NOT EXISTS (
    SELECT 1 FROM (SELECT is_test FROM orders_order WHERE customer_id = chosen.id OFFSET 0) o
    WHERE NOT is_test)
"""
