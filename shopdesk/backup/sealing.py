"""A database that is being restored takes no writes but the restore's own.

So that nobody leases a mail, signs in or starts anything before all of it is calmed. It stays so
where a restore fails, on the database itself: whoever connects to it later finds it the same.
"""

from __future__ import annotations

from django.db import connection
from psycopg import errors, sql

from shopdesk.backup.refusal import Refused
from shopdesk.backup.server import Server

# For connections of libpq's programs, as `open_for_us` is for the desk's.
PROGRAM_OPTIONS = {"PGOPTIONS": "-c default_transaction_read_only=off"}
# A connection keeps what it began with. Whoever has one loses it (in 5,000 ms), and connects anew.
HANG_UP = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


def seal(server: Server) -> None:
    """From here on nobody writes. Raises Refused."""
    try:
        _alter(server, "ALTER DATABASE {} SET default_transaction_read_only = on")
    except errors.InsufficientPrivilege as problem:
        raise Refused(
            f"The role of DATABASE_URL has to own the database to restore into it: {problem}. "
            "Nothing was changed."
        ) from None


def unseal(server: Server) -> None:
    _alter(server, "ALTER DATABASE {} RESET default_transaction_read_only")


def open_for_us() -> None:
    """This process's connection writes all the same, as long as it lasts."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")


def _alter(server: Server, statement: str) -> None:
    """For everybody, this process among them."""
    connection.close()
    with server.connect() as own:
        own.autocommit = True
        own.execute("SET default_transaction_read_only = off")
        own.execute(sql.SQL(statement).format(sql.Identifier(server.parameters["dbname"])))
        own.execute(HANG_UP)
