"""The reset benchmark runs; what it finds is for people to read (docs/benchmarks.md)."""

from __future__ import annotations

from benchmarks.reset import measure
from tests.faults.installation import Installation


def test_the_reset_benchmark_runs_with_one_click(installation: Installation) -> None:
    found = measure(installation, clicks=1, backlog=1)
    assert [one.unit for one in found] == ["ms"] * 11
    assert all(one.value > 0 for one in found)
