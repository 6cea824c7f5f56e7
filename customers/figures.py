"""What orders add up to, kept on the customer's row. The app that owns the orders calls this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

# What an export says in the place of orders.
TOLD = ("orders_count", "amount_spent", "figures_from_export", "export_currency")


@dataclass(frozen=True)
class Figures:
    """One customer's totals: `amount_spent` in the shop's currency, refunds taken off."""

    customer_id: int
    orders_count: int
    amount_spent: Decimal
    first_order_at: datetime | None
    last_order_at: datetime | None


def lock(customer_ids: Sequence[int], *, waits: bool = True) -> None:
    """Hold these customers until the transaction ends, in one order, before adding up their orders.

    Unless it `waits`, raises OperationalError where somebody else holds one of them.

    Without it two orders of one customer, placed at once, each add up without the other. Rows that
    only point at the customer, a note or a letter, need not wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK + ("" if waits else " NOWAIT"), {"ids": list(customer_ids)})


def hold(customer_ids: Sequence[int]) -> None:
    """Keep these customers from being deleted until the transaction ends.

    For who adds up their orders later: others may do so meanwhile, and wait for nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"ids": list(customer_ids)})


def set_figures(rows: Iterable[Figures]) -> int:
    """Write the totals of customers whose rows the caller has locked; returns how many changed."""
    rows = list(rows)
    said = {
        "ids": [row.customer_id for row in rows],
        "counts": [row.orders_count for row in rows],
        "spent": [row.amount_spent for row in rows],
        "first": [row.first_order_at for row in rows],
        "last": [row.last_order_at for row in rows],
    }
    return set_figures_from(_SAID, said)


def set_figures_from(query: str, values: Mapping[str, Any]) -> int:
    """`set_figures` of what a query finds, so that the rows need not leave the database.

    Its columns are those of Figures. Leaves `version` alone: an order that arrives keeps no one
    from saving an open form.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SET_FIGURES.format(query=query, by_export=told_by_export("c")), values)
        changed: int = cursor.rowcount
        return changed


def clear_figures(customer_ids: Sequence[int]) -> int:
    """For locked customers without an order: what an export said, or else nothing bought."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR_FIGURES, {"ids": list(customer_ids)})
        changed: int = cursor.rowcount
        return changed


def told_by_export(before: str) -> str:
    """SQL of the totals for `export_figures`, as `before` has them; NULL where orders made them."""
    told = ", ".join(f"'{name}', {before}.{name}" for name in TOLD)
    return f"CASE WHEN {before}.figures_from_export THEN jsonb_build_object({told}) END"


_LOCK = """
SELECT FROM customers_customer WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
_HOLD = """
SELECT FROM customers_customer WHERE id = ANY(%(ids)s) ORDER BY id FOR KEY SHARE
"""
_SAID = """
SELECT * FROM unnest(%(ids)s::bigint[], %(counts)s::integer[], %(spent)s::numeric[],
    %(first)s::timestamptz[], %(last)s::timestamptz[])
"""
_SET_FIGURES = """
UPDATE customers_customer AS c
SET orders_count = f.orders_count, amount_spent = f.amount_spent, first_order_at = f.first_order_at,
    last_order_at = f.last_order_at, figures_from_export = false, export_currency = '',
    export_figures = coalesce({by_export}, c.export_figures)
FROM ({query}) AS f (customer_id, orders_count, amount_spent, first_order_at, last_order_at)
WHERE c.id = f.customer_id
  AND (c.figures_from_export, c.orders_count, c.amount_spent, c.first_order_at, c.last_order_at)
    IS DISTINCT FROM (false, f.orders_count, f.amount_spent, f.first_order_at, f.last_order_at)
"""
_CLEAR_FIGURES = f"""
UPDATE customers_customer AS c SET first_order_at = NULL, last_order_at = NULL,
    export_figures = NULL, ({", ".join(TOLD)}) = (SELECT {", ".join(f"b.{name}" for name in TOLD)}
        FROM jsonb_populate_record(c, coalesce(c.export_figures,
            '{{"orders_count": 0, "amount_spent": 0}}')) b)
WHERE id = ANY(%(ids)s) AND NOT figures_from_export
  AND (orders_count, amount_spent, first_order_at, last_order_at, export_figures)
    IS DISTINCT FROM (0, 0, NULL, NULL, NULL)
"""  # noqa: S608 -- of constants
