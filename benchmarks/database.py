"""A database of the benchmarks' own beside the configured one, migrated and filled on first use."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "shopdesk_benchmark"


def use_own_database() -> None:
    """Point DATABASE_URL at `shopdesk_benchmark` on the same server and set Django up there."""
    url = os.environ.get("DATABASE_URL", "postgresql:///postgres")
    own = _create(url)
    os.environ.update(DATABASE_URL=own, TESTING="1", DJANGO_SETTINGS_MODULE="shopdesk.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _create(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if not known.fetchone():
            connection.execute(f"CREATE DATABASE {NAME}".encode())
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{NAME}"))
