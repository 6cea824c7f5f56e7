"""A database that is being restored takes no writes but the restore's own.

So that nobody leases a mail, signs in or starts anything before all of it is calmed. It stays so
where a restore fails, on the database itself: whoever connects to it later finds it the same.
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

from shopdesk.backup.server import Server

# For connections of libpq's programs, as `open_for_us` is for the desk's.
PROGRAM_OPTIONS = {"PGOPTIONS": "-c default_transaction_read_only=off"}


def seal(server: Server) -> None:
    """From the next connection on nobody writes."""
    _alter(server, "ALTER DATABASE {} SET default_transaction_read_only = on")


def unseal(server: Server) -> None:
    _alter(server, "ALTER DATABASE {} RESET default_transaction_read_only")
    # This process's own connection is as anybody's from here on.
    connection.close()


def open_for_us() -> None:
    """This process's connection writes all the same, as long as it lasts."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")


def _alter(server: Server, statement: str) -> None:
    with server.connect() as own:
        own.autocommit = True
        own.execute("SET default_transaction_read_only = off")
        own.execute(sql.SQL(statement).format(sql.Identifier(server.parameters["dbname"])))
