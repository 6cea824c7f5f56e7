"""A database of the benchmarks' own beside the configured one, migrated and filled on first use."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = "shopdesk_benchmark"


def use_own_database(name: str = NAME) -> None:
    """Point DATABASE_URL at a database of this name on the same server and set Django up there."""
    url = os.environ.get("DATABASE_URL", "postgresql:///postgres")
    own = _create(url, name)
    os.environ.update(DATABASE_URL=own, TESTING="1", DJANGO_SETTINGS_MODULE="shopdesk.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _create(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))
