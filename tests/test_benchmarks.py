"""The benchmarks run. What they find is for people to read (docs/benchmarks.md)."""

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
from benchmarks.exports import Files
from benchmarks.harness import GaveUp, alternate, compare, given_up, within
from benchmarks.people import people

ROOT = Path(__file__).resolve().parents[1]
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


def test_the_benchmark_of_imports_runs_on_a_handful_of_rows(database_url: str) -> None:
    kinds = ("customers", "orders", "products")
    found = run("imports", "--customers=300", "--orders=400", "--products=60", "--rest=0.01")

    assert {f"{kind}: time a row" for kind in kinds} <= goals(found)
    searches = {f"search while {kind} are imported, p95" for kind in kinds}
    assert searches <= goals(found)
    with psycopg.connect(server_url(database_url)) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert not [name for (name,) in names if SMOKE in name]


def test_two_exports_of_a_shop_are_the_same(tmp_path: Path) -> None:
    def written(folder: str) -> list[bytes]:
        files = Files(tmp_path / folder, customers=40, orders=120, sample=10, products=30)
        files.folder.mkdir()
        files.write_customers()
        files.write_orders()
        files.write_products()
        return [place.read_bytes() for place in sorted(files.folder.iterdir())]

    assert written("one") == written("other")


def test_who_gives_up_meets_no_goal() -> None:
    def give_up() -> None:
        raise GaveUp

    ours, naive = alternate(give_up, lambda: None, rounds=4, every=2)
    assert (ours.missed, naive.missed, len(ours.seconds), len(naive.seconds)) == (4, 0, 4, 2)
    line = given_up(compare("search", 1, 100, goal=0.05), ours.missed)
    assert (line.met, line.name) == (False, "search, gave up 4 times")


def test_two_runs_measure_the_same_people() -> None:
    assert list(people(50)) == list(people(50))


def test_only_old_rows_carry_the_old_names() -> None:
    everybody = list(people(100))
    old = {one.number for one in everybody if one.last_name in {"Xylander", "Yorck", "Zwirner"}}
    assert old
    assert max(old) <= 10


def test_a_goal_is_met_up_to_its_ratio_and_no_further() -> None:
    assert [compare("a", 5, 100, goal=0.05).met, compare("a", 6, 100, goal=0.05).met] == [
        True,
        False,
    ]
    assert [within("a", 1000, 1000).met, within("a", 1001, 1000).met] == [True, False]
