"""Migrating a filled database keeps nobody waiting for long: looked at while it happens."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from benchmarks.migrations import BIG, LONGEST_SECONDS, Watch, migrate_watched
from shopdesk.backup.server import Server
from tests.installation.databases import another_database

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 5_000


def url_of(server: Server) -> str:
    return make_conninfo(**server.parameters, password=server.password or None)


def test_migrations_since_the_first_release_lock_nobody_out() -> None:
    with another_database("migrated") as server:
        watch = migrate_watched(url_of(server), ROWS)
        with server.connect() as own:
            counted = {
                table: own.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()[0]  # type: ignore[index]  # count always answers
                for table in BIG
            }
    assert counted == dict.fromkeys(BIG, ROWS)
    assert watch.looks > 1
    assert {name: held for name, held in watch.longest.items() if held > LONGEST_SECONDS} == {}


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        (
            "ALTER TABLE customers_customer ALTER COLUMN note TYPE varchar(9000)",
            {"customers_customer"},
        ),
        ("CREATE INDEX watched ON customers_customer (note)", {"customers_customer"}),
        ("LOCK TABLE orders_order IN ACCESS EXCLUSIVE MODE", {"orders_order"}),
        ("SELECT count(*) FROM customers_customer", set()),
        ("UPDATE customers_customer SET note = ''", set()),
    ],
)
def test_whoever_keeps_others_out_is_seen(statement: str, tables: set[str]) -> None:
    url = url_of(Server.of_the_desk())
    watch = Watch(url)
    with watch.looking(), psycopg.connect(url) as somebody:
        somebody.execute(statement.encode())
        somebody.execute("SELECT pg_sleep(0.3)")
        somebody.rollback()
    assert set(watch.longest) == tables
    assert all(0.2 < held < LONGEST_SECONDS for held in watch.longest.values())
