"""Benchmarks of lists run; what they find is for people (docs/benchmarks.md)."""

from __future__ import annotations

import pytest

from benchmarks.database import drop
from tests.faults.smoke import database_url, goals, run

SMOKE = "shopdesk_list_smoke"


@pytest.fixture
def _no_smoke_left() -> None:
    drop(database_url(), SMOKE)


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
    assert expected <= goals(run(name, "--rows=300", "--rounds=1", database=SMOKE))


@pytest.mark.usefixtures("_no_smoke_left")
def test_the_benchmark_of_trails_runs_on_a_handful_of_rows() -> None:
    found = run("trail", "--requests=300", "--customers=100", "--rounds=1", database=SMOKE)
    readers = {name.partition(":")[0] for name in goals(found)}
    assert readers == {"Home", "customers", "customer", "clock"}
