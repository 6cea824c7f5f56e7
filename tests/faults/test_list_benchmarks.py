"""Benchmarks of lists and imports run; what they find is for people (docs/benchmarks.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks.database import drop, server_url

ROOT = Path(__file__).resolve().parents[2]
SMOKE = "shopdesk_benchmark_smoke"


@pytest.fixture
def database_url() -> str:
    return os.environ.get("DATABASE_URL", "postgresql:///postgres")


@pytest.fixture
def _no_smoke_left(database_url: str) -> None:
    drop(database_url, SMOKE)


def run(name: str, *arguments: str) -> list[dict[str, Any]]:
    """The benchmark in a process of its own; what it has written."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    command += [f"--database={SMOKE}", "--json=var/smoke.json"]
    (ROOT / "var").mkdir(exist_ok=True)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads((ROOT / "var" / "smoke.json").read_text())
    return found


def goals(found: list[dict[str, Any]]) -> set[str]:
    return {one["name"].partition(" (")[0] for one in found if one["goal"] is not None}


@pytest.mark.usefixtures("_no_smoke_left")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "customers",
            {
                *("search: worst p95", "search: worst p95, old rows only"),
                *("search page: worst p95", "search page: most beyond its query, p95"),
                *("growth: search, all classes", "growth: first page of the list"),
                *("growth: exact ID", "growth: exact e-mail address"),
            },
        ),
        ("orders", {"list: deepest page by newest"}),
    ],
)
def test_the_benchmarks_of_lists_run_on_a_handful_of_rows(name: str, expected: set[str]) -> None:
    assert expected <= goals(run(name, "--rows=300", "--rounds=1"))


@pytest.mark.usefixtures("_no_smoke_left")
def test_the_benchmark_of_trails_runs_on_a_handful_of_rows() -> None:
    found = run("trail", "--requests=300", "--customers=100", "--rounds=1")
    readers = {name.partition(":")[0] for name in goals(found)}
    assert readers == {"Home", "customers", "customer", "clock"}


def test_the_benchmark_of_imports_runs_on_a_handful_of_rows(database_url: str) -> None:
    kinds = ("customers", "orders", "products")
    found = run("imports", "--customers=300", "--orders=400", "--products=60", "--rest=0.01")

    assert {f"{kind}: time a row" for kind in kinds} <= goals(found)
    searches = {f"search while {kind} are imported, p95" for kind in kinds}
    assert searches <= goals(found)
    with psycopg.connect(server_url(database_url)) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert not [name for (name,) in names if SMOKE in name]
