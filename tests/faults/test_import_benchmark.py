"""The benchmark of imports runs; what it finds is for people (docs/benchmarks.md)."""

from __future__ import annotations

import psycopg

from benchmarks.database import server_url
from tests.faults.smoke import database_url, goals, run

SMOKE = "shopdesk_import_smoke"


def test_the_benchmark_of_imports_runs_on_a_handful_of_rows() -> None:
    kinds = ("customers", "orders", "products")
    sizes = ["--customers=300", "--orders=400", "--products=60", "--rest=0.01"]
    found = run("imports", *sizes, database=SMOKE)

    assert {f"{kind}: time a row" for kind in kinds} <= goals(found)
    searches = {f"search while {kind} are imported, p95" for kind in kinds}
    assert searches <= goals(found)
    with psycopg.connect(server_url(database_url())) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert not [name for (name,) in names if SMOKE in name]
