"""All rows of a list in its order, however many: their keys first, then the rows in batches.

The keys are read at one moment and take eight bytes each, so nobody is left out or stands twice
because their row moves meanwhile, and no transaction waits for whoever reads slowly.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

AT_ONCE = 20_000
BATCH = 2000


def keys_of(rows: QuerySet[Any]) -> array[int]:
    """The primary keys of all rows, in their order."""
    keys = array("q")
    try:
        sql, values = rows.values_list("pk").query.sql_with_params()
    except EmptyResultSet:  # nobody can match, and Django has no query for that
        return keys
    # A cursor within one transaction: poolers that lend a connection for one bear it, too.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while some := cursor.fetchmany(AT_ONCE):
                keys.extend(key for (key,) in some)
    return keys


def values_of(
    keys: array[int], values: QuerySet[Any, tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """A `values_list` that begins with the key, in the order of these keys, a batch at a time.

    Plain values: rows with prefetched ones refer to each other, and would pile up. Who is gone
    meanwhile is left out.
    """
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        known = {row[0]: row for row in values.filter(pk__in=list(batch))}
        yield from (known[key] for key in batch if key in known)
