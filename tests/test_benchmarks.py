"""The benchmarks run. What they find is for people to read (docs/benchmarks.md)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from benchmarks.database import server_url
from benchmarks.harness import GaveUp, alternate, compare, given_up, within
from benchmarks.people import people

ROOT = Path(__file__).resolve().parents[1]
SMOKE = "shopdesk_benchmark_smoke"


@pytest.fixture
def database_url() -> str:
    return os.environ.get("DATABASE_URL", "postgresql:///postgres")


@pytest.fixture
def _no_smoke_left(database_url: str) -> None:
    with psycopg.connect(server_url(database_url), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {SMOKE}".encode())


@pytest.mark.usefixtures("_no_smoke_left")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customers", {"search: worst p95", "search: worst p95, old rows only"}),
        ("orders", {"list: deepest page by newest (baseline: first)"}),
    ],
)
def test_the_benchmarks_of_lists_run_on_a_handful_of_rows(name: str, expected: set[str]) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--rows=300", "--rounds=1"]
    command += [f"--database={SMOKE}", "--json=var/smoke.json"]
    (ROOT / "var").mkdir(exist_ok=True)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((ROOT / "var" / "smoke.json").read_text())
    goals = {one["name"] for one in found if one["goal"] is not None}
    assert expected <= goals


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
