"""A table that nobody can read for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def held(table: str) -> Iterator[None]:
    """Held by a session of its own; the test's own must not have touched it before."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {other.ops.quote_name(table)}")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()
