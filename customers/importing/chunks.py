"""Temporary tables of a step: the rows at hand, and what is to become of them.

With statistics of their own, so that the planner knows how many rows it joins. They last until the
end of the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from customers.importing.kinds import kind_named
from customers.importing.models import COUNTS
from customers.importing.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers.importing.models import Import


def take_chunk(one: Import) -> tuple[int, int]:
    """Put the next rows of the file into the temporary table `chunk`.

    Returns how many they are, and the last one's line.
    """
    query = f"""SELECT * FROM {kind_named(one.kind).staged._meta.db_table}
        WHERE of_import_id = %(import)s AND line > %(after)s ORDER BY line LIMIT %(size)s"""  # noqa: S608 -- a model's table
    size = settings.IMPORT_CHUNK_ROWS
    values = {"import": one.pk, "after": one.done_line, "size": size}
    make_table("chunk", query, values, measured="line")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(max(line), 0) FROM chunk")
        rows, line = cursor.fetchone()
    return rows, line


def make_table(name: str, query: str, values: Mapping[str, Any], *, measured: str = "") -> None:
    """In one trip: what the query of an earlier step left behind, goes.

    `measured` are the columns that joins look at: statistics of texts and JSON cost more than the
    table does.
    """
    columns = f"({measured})" if measured else ""
    create = f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {query}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS pg_temp.{name}; {create}; ANALYZE {name} {columns}", values
        )


def tally() -> dict[str, int]:
    """How many planned rows have which outcome, by the import's counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, count(*) FROM planned GROUP BY outcome")
        found = cursor.fetchall()
    counts = dict.fromkeys(COUNTS.values(), 0)
    return counts | {COUNTS[Outcome(outcome)]: count for outcome, count in found}


def tidy_indexes(one: Import) -> None:
    """Put in its place what GIN indexes hold back for a larger batch: each search reads it all."""
    with connection.cursor() as cursor:
        cursor.execute(_TIDY, {"tables": list(kind_named(one.kind).written)})


def refresh_statistics(one: Import) -> None:
    """After many new rows: what the planner knows of an empty table misleads it for a full one."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(kind_named(one.kind).written)}")


_TIDY = """
SELECT gin_clean_pending_list(i.indexrelid::regclass)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE a.amname = 'gin' AND i.indrelid = ANY(%(tables)s::regclass[])
"""
