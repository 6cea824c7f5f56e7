"""A database that restarts in the middle of a test, as far as its users can tell."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
from django.db import connection
from psycopg import sql

AWAY_SECONDS = 0.6


def restart_database() -> threading.Timer:
    """Everybody loses their line, and nobody gets another for a while."""
    _say("ALTER DATABASE {} ALLOW_CONNECTIONS false")()
    _say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {literal}")()
    timer = threading.Timer(AWAY_SECONDS, _say("ALTER DATABASE {} ALLOW_CONNECTIONS true"))
    timer.start()
    return timer


def _say(statement: str) -> Callable[[], None]:
    name = connection.settings_dict["NAME"]
    elsewhere = {**connection.get_connection_params(), "dbname": "postgres"}
    said = sql.SQL(statement).format(sql.Identifier(name), literal=sql.Literal(name))

    def say() -> None:
        with psycopg.connect(**elsewhere, autocommit=True) as other:
            other.execute(said)

    return say
