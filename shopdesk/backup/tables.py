"""How many rows each table has, and one number that stands for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

# Who was signed in is nobody's concern afterwards: everybody signs in anew.
LEFT_OUT = ("accounts_session",)
# A row's text must be the same on every server, whatever its own settings are.
SPELLING = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
)
TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    ORDER BY relname
"""
# It does not depend on the rows' order, which a restore does not keep. No two rows are alike, so
# none can cancel another one out.
SUMS = "SELECT count(*), coalesce(bit_xor(hashtextextended(one::text, 0)), 0)::text FROM {} one"


def tables(connection: psycopg.Connection) -> list[str]:
    """The names of all tables of ours."""
    return [name for (name,) in connection.execute(TABLES)]


def sums(connection: psycopg.Connection) -> dict[str, dict[str, int | str]]:
    """Rows and checksum of each table that a backup holds, as this transaction sees them."""
    for statement in SPELLING:
        connection.execute(statement)
    return {name: _sum(connection, name) for name in tables(connection) if name not in LEFT_OUT}


def _sum(connection: psycopg.Connection, table: str) -> dict[str, int | str]:
    found = connection.execute(sql.SQL(SUMS).format(sql.Identifier(table))).fetchone()
    rows, checksum = found or (0, "0")
    return {"rows": rows, "checksum": checksum}
