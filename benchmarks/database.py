"""A database of the benchmarks' own beside the configured one, migrated and filled on first use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from shopdesk.launcher.embedded import throw_away_directory
from shopdesk.launcher.servers import EmbeddedPostgres

NAME = "shopdesk_benchmark"


class TunedPostgres(EmbeddedPostgres):
    """As durable as a real one, and set as docker-compose.yml sets it, by the same variable."""

    def settings(self) -> list[str]:
        buffers = os.environ.get("DATABASE_SHARED_BUFFERS", "512MB")
        own = [f"shared_buffers={buffers}", "max_wal_size=4GB", "random_page_cost=1.1"]
        return [*super().settings(), *(word for one in own for word in ("-c", one))]


@contextmanager
def a_server() -> Iterator[str]:
    """The one that DATABASE_URL names; without it one of this run's own, gone afterwards."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with throw_away_directory() as directory:
        log = directory / "postgres.log"
        postgres = TunedPostgres(directory / "postgres", run=directory, log=log)
        try:
            postgres.start()
            os.environ["DATABASE_URL"] = postgres.url
            yield postgres.url
        finally:
            os.environ.pop("DATABASE_URL")
            postgres.stop(30)


def use_own_database(name: str = NAME, *, is_new: bool = False) -> None:
    """Point DATABASE_URL at a database of this name on the same server and set Django up there.

    With `is_new` one of that name is thrown away before.
    """
    url = os.environ.get("DATABASE_URL", "postgresql:///postgres")
    if is_new:
        drop(url, name)
    own = create(url, name)
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


def drop(url: str, name: str) -> None:
    with psycopg.connect(server_url(url), autocommit=True) as connection:
        own = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own))


def copied(url: str, name: str, *, of: str) -> str:
    """A new database with what another holds, to which nobody is connected; where it is."""
    drop(url, name)
    with psycopg.connect(server_url(url), autocommit=True) as connection:
        names = sql.Identifier(name), sql.Identifier(of)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return named(url, name)


def create(url: str, name: str) -> str:
    """A database of that name, unless there is one; where it is."""
    with psycopg.connect(server_url(url), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return named(url, name)
