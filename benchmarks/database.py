"""A database of the benchmarks' own beside the configured one, migrated and filled on first use."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NAME = "shopdesk_benchmark"


def use_own_database(name: str = NAME) -> None:
    """Point DATABASE_URL at a database of this name on the same server and set Django up there."""
    url = os.environ.get("DATABASE_URL", "postgresql:///postgres")
    own = _create(url, name)
    os.environ.update(DATABASE_URL=own, TESTING="1", DJANGO_SETTINGS_MODULE="shopdesk.settings")
    # A line for each request would bury the figures.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def named(url: str, name: str) -> str:
    """The same server's database of that name; `urlunsplit` would lose an empty host's slashes."""
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def server_url(url: str) -> str:
    """The server's own database: the one that is named need not exist yet."""
    return named(url, "postgres")


def _create(url: str, name: str) -> str:
    with psycopg.connect(server_url(url), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return named(url, name)
