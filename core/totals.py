"""How many rows there are: exact while that is cheap, honestly "about" beyond."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

COUNTED_TO = 10_000


@dataclass(frozen=True)
class Total:
    """How many there are; `is_about` when nobody counted to the end."""

    number: int
    is_about: bool = False


def total_of(rows: QuerySet[Any], *, is_whole_table: bool = False) -> Total:
    """Exact to ten thousand, else what the planner expects. Never reads a large table through."""
    if is_whole_table:
        known = analysed_rows(rows.model._meta.db_table)
        if known is not None and known > COUNTED_TO:
            return about(known)
    plain = rows.order_by().values("pk")
    counted = plain[: COUNTED_TO + 1].count()
    if counted <= COUNTED_TO:
        return Total(counted)
    plan = json.loads(plain.explain(format="JSON"))
    return about(max(counted, int(plan[0]["Plan"]["Plan Rows"])))


def about(number: int) -> Total:
    """Two digits are all that an estimate is worth."""
    step = 10 ** max(len(str(number)) - 2, 0)
    return Total(round(number / step) * step, is_about=True)


def rows_in(table: str) -> int:
    """How many rows a table has, as its statistics say; counted while it has none."""
    known = analysed_rows(table)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- a table of ours
        return int(cursor.fetchone()[0])


def analysed_rows(table: str) -> int | None:
    """How many rows a table had when it was last analysed; None for a young table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table]
        )
        known = int(cursor.fetchone()[0])
    return known if known >= 0 else None
