"""Reading that is given up in time, so that one question cannot hold up all others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction

QUERY_CANCELED = "57014"


class TooSlow(Exception):
    """The reading was given up."""


@contextmanager
def bounded() -> Iterator[None]:
    """Give up reading after two seconds (SEARCH_TIMEOUT_MS). Raises TooSlow."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)",
                [str(settings.SEARCH_TIMEOUT_MS)],
            )
            # Compiling a plan takes longer than any of these reads.
            cursor.execute("SET LOCAL jit = off")
            yield
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELED:
            raise TooSlow from error
        raise
