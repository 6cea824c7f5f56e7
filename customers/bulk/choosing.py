"""Freezing who is chosen: one statement, one moment, whatever their number."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, models

# Arrays of ids rather than a row each: a million customers are some megabytes, written in a moment.
_FREEZE = """
WITH chosen (id) AS ({chosen}), placed AS (
    SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS number FROM chosen
), frozen AS (
    INSERT INTO customers_bulkpiece (of_change_id, number, customer_ids)
    SELECT %s, number, array_agg(id ORDER BY id) FROM placed GROUP BY number
    RETURNING cardinality(customer_ids) AS size
)
SELECT coalesce(sum(size), 0) FROM frozen
"""


def freeze(chosen: models.QuerySet[Any, Any], change_id: int) -> int:
    """Note who is chosen, in pieces of a step each; `chosen` has one column of ids. How many."""
    try:
        query, values = chosen.order_by().query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE.format(chosen=query), [*values, settings.BULK_PIECE_ROWS, change_id])
        return int(cursor.fetchone()[0])
