"""`python -m benchmarks.migrations --rows 1000000`: how long later migrations keep others waiting.

The first release's tables are filled, whatever their columns are, and every migration since is
applied while somebody looks at pg_locks.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import psycopg
from psycopg import sql

from benchmarks.database import a_server, named, server_url
from benchmarks.harness import Measurement, report, within

# The last migration of each app in the first release. Raised when that is published, never after.
FIRST_RELEASE = {
    "accounts": "0003_cleaning_indexes",
    "customers": "0012_likely_pairs",
    "events": "0002_queues_have_their_share",
    "lists": "0002_views",
    "notifications": "0002_queues_have_their_share",
    "orders": "0003_amounts_paid",
    "shop": "0001_initial",
    "shopdesk": "0001_initial",
}
# The tables that grow; their parents are filled with them.
BIG = (
    "customers_customer",
    "customers_identity",
    "customers_customersearch",
    "orders_order",
    "orders_line",
    "events_event",
    "events_eventabout",
    "events_delivery",
    "notifications_mail",
)
LONGEST_SECONDS = 2.0
NAME = "shopdesk_benchmark_migrations"
LOOK_SECONDS = 0.01
# These keep writers or readers out.
LOCKS = """
    SELECT relation::regclass::text FROM pg_locks
    JOIN pg_class ON pg_class.oid = relation
    WHERE granted AND pid <> pg_backend_pid() AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
      AND relkind = 'r' AND relname = ANY (%s)
"""
COLUMNS = """
    SELECT attname, format_type(atttypid, NULL), atttypmod - 4
    FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
CHECKS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"


def is_later(key: tuple[str, str]) -> bool:
    """Whether a migration came after the first release."""
    app, name = key
    return name > FIRST_RELEASE.get(app, "")


@dataclass
class Watch:
    """How long each table was locked at a stretch, at most."""

    url: str
    longest: dict[str, float] = field(default_factory=dict)
    looks: int = 0

    @contextmanager
    def looking(self, tables: tuple[str, ...] = BIG) -> Iterator[None]:
        enough, begun = Event(), Event()
        watcher = Thread(target=self._look, args=[tables, enough, begun])
        watcher.start()
        begun.wait(20)
        try:
            yield
        finally:
            enough.set()
            watcher.join()

    def _look(self, tables: tuple[str, ...], enough: Event, begun: Event) -> None:
        since: dict[str, float] = {}
        with psycopg.connect(self.url, autocommit=True) as own:
            while not enough.wait(LOOK_SECONDS):
                now = time.monotonic()
                held = {name for (name,) in own.execute(LOCKS, [list(tables)])}
                since = {name: since.get(name, now) for name in held}
                for name, start in since.items():
                    self.longest[name] = max(self.longest.get(name, 0.0), now - start)
                self.looks += 1
                begun.set()


def fill(url: str, rows: int, tables: tuple[str, ...] = BIG) -> None:
    """Rows 1 to `rows` in each table, each pointing to the row of its own number elsewhere."""
    with psycopg.connect(url) as own:
        # Parents that nobody filled, and values that no form would take: their size is what counts.
        own.execute("SET session_replication_role = replica")
        for table in tables:
            for (check,) in own.execute(CHECKS, [table]).fetchall():
                own.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                        sql.Identifier(table), sql.Identifier(check)
                    )
                )
            columns = own.execute(COLUMNS, [table]).fetchall()
            names = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
            values = sql.SQL(", ".join(_value(kind, width) for _, kind, width in columns))
            statement = "INSERT INTO {} ({}) SELECT {} FROM generate_series(1, %s) n"
            into = sql.Identifier(table)
            own.execute(sql.SQL(statement).format(into, names, values), [rows])


def _value(kind: str, width: int) -> str:
    """SQL for a value of that type, different in each row where there is room for it."""
    if kind in {"bigint", "integer", "smallint"}:
        return "n" if kind != "smallint" else "1"
    if kind in {"character varying", "text"}:
        return f"right(n::text, {width})" if width > 0 else "' customer ' || n"
    known = {
        "boolean": "false",
        "timestamp with time zone": "now()",
        "date": "current_date",
        "jsonb": "'{}'::jsonb",
        "uuid": "gen_random_uuid()",
        "numeric": "0",
        "bytea": "''::bytea",
    }
    return "'{}'" if kind.endswith("[]") else known.get(kind, "NULL")


def migrate_watched(url: str, rows: int) -> Watch:
    """Fill the first release's tables, apply everything since. Django is connected to `url`."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate(list(FIRST_RELEASE.items()))
    fill(url, rows)
    watch = Watch(url)
    with watch.looking():
        call_command("migrate", verbosity=0, interactive=False)
    return watch


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--database", default=NAME)
    arguments.add_argument("--json", default=None)
    chosen = arguments.parse_args()
    with a_server() as server:
        watch = migrate_watched(_new_database(server, chosen.database), chosen.rows)
    lines = [
        within(f"longest lock on {table}", seconds, LONGEST_SECONDS, unit="s")
        for table, seconds in sorted(watch.longest.items())
    ]
    lines.append(Measurement("times somebody looked", watch.looks, ""))
    report(f"Migrations since the first release, {chosen.rows:,} rows", lines, json_to=chosen.json)


def _new_database(url: str, name: str) -> str:
    with psycopg.connect(server_url(url), autocommit=True) as own:
        own.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        own.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    own_url = named(url, name)
    os.environ.update(DATABASE_URL=own_url, TESTING="1", DJANGO_SETTINGS_MODULE="shopdesk.settings")
    import django

    django.setup()
    print("Filling the first release's tables …", file=sys.stderr)
    return own_url


if __name__ == "__main__":
    main()
