"""Imports at full size: `python -m benchmarks.imports --customers 1000000 --orders 3000000`.

A shop's exports are written, then brought in by `manage.py import_customers`, `import_orders` and
`import_products`, dry run included: upload, reading, checking, importing. The baseline saves a
sample of the same rows one by one (`benchmarks.row_by_row`). Meanwhile one person searches
customers, four times a second; the baseline of that is the same just before each import.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bringing_in import Run, bring_in
from benchmarks.database import a_server, copied, drop, use_own_database
from benchmarks.exports import Files
from benchmarks.harness import Measurement, compare, report, say, within
from benchmarks.searching import REST_SECONDS, Searcher

NAME = "shopdesk_benchmark_imports"
RATE_GOAL = 1 / 20
# Of the issue: so many seconds for so many rows. Below the least the start alone would decide.
LIMITS = {"customers": 180 / 1_000_000, "orders": 900 / 3_000_000}
LEAST_ROWS = 100_000
KINDS = ("customers", "orders", "products")
# What one stage holds at its end, beside what it holds at a tenth.
MEMORY_GOAL = 1.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=3_000_000)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2000, help="customers saved one by one")
    parser.add_argument("--rest", type=float, default=REST_SECONDS, help="between two searches")
    parser.add_argument("--database", default=NAME, help="is thrown away before and afterwards")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    sample = min(asked.sample, max(asked.customers // 40, 1))
    with a_server() as server, tempfile.TemporaryDirectory(prefix="shopdesk-") as directory:
        use_own_database(asked.database, is_new=True)
        try:
            counts = (asked.customers, asked.orders, sample, asked.products)
            files = Files(Path(directory), *counts)
            found = measure(files, server, asked.database, rest=asked.rest)
        finally:
            _throw_away(server, asked.database, f"{asked.database}_beside")
    title = (
        f"Imports, {asked.customers:,} customers, {asked.orders:,} orders and"
        f" {asked.products:,} products"
    )
    report(title, found, json_to=asked.json)


def _throw_away(server: str, *names: str) -> None:
    from django.db import connections

    connections.close_all()
    for name in names:
        drop(server, name)


def measure(files: Files, server: str, name: str, *, rest: float) -> list[Measurement]:
    from django.db import connections

    connections.close_all()
    beside = copied(server, f"{name}_beside", of=name)
    _write(files)
    kinds: dict[str, tuple[Run, dict[str, float]]] = {}
    idle: dict[str, Searcher] = {}
    for kind in KINDS:
        if kinds:
            idle[kind] = _idle(rest, rounds=3 if files.customers >= LEAST_ROWS else 1)
        kinds[kind] = _whole(files, kind, beside, rest)
    # Before the first import there was nothing to search.
    idle[KINDS[0]] = idle[KINDS[1]]
    lines = [line for kind, measured in kinds.items() for line in _lines(kind, *measured)]
    return [*lines, *_searches({kind: run for kind, (run, _each) in kinds.items()}, idle)]


def _idle(rest: float, *, rounds: int) -> Searcher:
    """Among what is there by then."""
    _settle()
    idle = Searcher(rest)
    say("Searching while nothing is imported …")
    idle.search_for(rounds)
    return idle


def _write(files: Files) -> None:
    for kind, count, write in (
        ("customers", files.customers, files.write_customers),
        ("orders", files.orders, files.write_orders),
        ("products", files.products, files.write_products),
    ):
        say(f"Writing a file of {count:,} {kind} …")
        write()
        say(f"{files.path(kind).stat().st_size / 1e6:,.0f} MB")


def _whole(files: Files, kind: str, beside: str, rest: float) -> tuple[Run, dict[str, float]]:
    """The import, and milliseconds a row of the baselines."""
    say(f"Saving a sample of the {kind} one by one …")
    one_by_one = _row_by_row(kind, files.path(kind, sample=True), beside)
    say(f"{one_by_one['bare']:.2f} ms a row. Importing all {kind} …")
    return bring_in(kind, files.path(kind), rest=rest), one_by_one


def _row_by_row(kind: str, file: Path, url: str) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 -- ours
        [sys.executable, "-m", "benchmarks.row_by_row", kind, str(file)],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _settle() -> None:
    """As autovacuum does within a minute."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _lines(kind: str, run: Run, one_by_one: dict[str, float]) -> list[Measurement]:
    beside = "(baseline: row-by-row saves)"
    searched = "(baseline: row-by-row saves that search finds)"
    each = run.seconds / run.rows * 1000
    return [
        Measurement(f"{kind}: rate", run.rows / run.seconds, "/s"),
        compare(f"{kind}: time a row {beside}", each, one_by_one["bare"], goal=RATE_GOAL),
        compare(f"{kind}: time a row {searched}", each, one_by_one["searched"]),
        _whole_time(kind, run),
        *(Measurement(f"{kind}: {name}", took, "s") for name, took in run.stages.items()),
        Measurement(f"{kind}: processor time of the worker", run.worker_cpu, "s"),
        Measurement(f"{kind}: processor time of the database", run.database_cpu, "s"),
        Measurement(f"{kind}: peak memory of the worker", run.peak_memory(), "MB"),
        *(
            compare(
                f"{kind}: peak memory while {stage} (baseline: its first tenth)",
                run.peak_memory(stage),
                run.peak_memory(stage, until=0.1),
                unit="MB",
                goal=MEMORY_GOAL,
            )
            for stage in ("reading", "checking", "importing")
        ),
    ]


def _whole_time(kind: str, run: Run) -> Measurement:
    name = f"{kind}: all of it, dry run included"
    if run.rows < LEAST_ROWS or kind not in LIMITS:
        return Measurement(name, run.seconds, "s")
    return within(name, run.seconds, LIMITS[kind] * run.rows, unit="s")


def _searches(runs: dict[str, Run], idle: dict[str, Searcher]) -> list[Measurement]:
    """p95 beside p95: of hundreds of searches each."""
    return [
        run.searcher.line(f"search while {kind} are imported, p95 (baseline: idle)", idle[kind])
        for kind, run in runs.items()
    ]


if __name__ == "__main__":
    main()
