"""One import by the command that shops use, and what it took."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import say
from benchmarks.searching import Searcher
from benchmarks.watching import cpu_of_database, memory_of

if TYPE_CHECKING:
    from customers.models import Import

ROOT = Path(__file__).resolve().parents[1]
LOOK_SECONDS = 0.1
TELL_SECONDS = 15.0
# Larger than the largest upload by a browser: what stands on the server itself may be.
SIZE_LIMIT_MB = "100000"


@dataclass(frozen=True)
class Sample:
    """How much memory the worker held, when so much of a stage was done."""

    stage: str
    share: float
    megabytes: float


@dataclass
class Run:
    rows: int = 0
    seconds: float = 0.0
    worker_cpu: float = 0.0
    database_cpu: float = 0.0
    # Seconds of each.
    stages: dict[str, float] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    searcher: Searcher = field(default_factory=Searcher)

    def peak_memory(self, stage: str = "", *, until: float = 1.0) -> float:
        """Over the whole run, or in one stage while no more than this share of it was done."""
        return max(
            (
                one.megabytes
                for one in self.samples
                if stage in {"", one.stage} and one.share <= until
            ),
            default=0.0,
        )


def bring_in(kind: str, file: Path, *, rest: float) -> Run:
    """Raises SystemExit unless each row of the file has come to an end.

    Meanwhile somebody searches, and rests for so many seconds after each search.
    """
    run = Run(searcher=Searcher(rest))
    url = os.environ["DATABASE_URL"]
    output = file.with_suffix(".txt")
    database, worker = cpu_of_database(url), _cpu_of_children()
    with output.open("w") as stream, run.searcher.searching():
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 -- ours
            [sys.executable, "manage.py", f"import_{kind}", str(file)],
            cwd=ROOT,
            env={**os.environ, "IMPORT_SIZE_LIMIT_MB": SIZE_LIMIT_MB},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        _look_on(process, kind, run)
        run.seconds = time.perf_counter() - begun
    run.worker_cpu = _cpu_of_children() - worker
    run.database_cpu = cpu_of_database(url) - database
    if process.returncode:
        raise SystemExit(output.read_text()[-4000:])
    _sum_up(run, _newest(kind))
    say(f"{run.rows:,} {kind} in {run.seconds:,.1f} s. {_last_line(output)}")
    return run


def _look_on(process: subprocess.Popen[bytes], kind: str, run: Run) -> None:
    told = time.monotonic()
    while process.poll() is None:
        time.sleep(LOOK_SECONDS)
        one = _newest(kind)
        if one is None or not one.is_working:
            continue
        done, total = one.progress
        share = done / max(total, 1)
        run.samples.append(Sample(one.stage.value, share, memory_of(process.pid)))
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            say(f"{kind}, {one.stage.value}: {share:.0%}, {run.samples[-1].megabytes:.0f} MB")


def _newest(kind: str) -> Import | None:
    from customers.models import Import

    return Import.objects.filter(kind=kind).select_related("file").newest_first().first()


def _sum_up(run: Run, one: Import | None) -> None:
    if one is None or one.finished_at is None:
        raise SystemExit("The import has not finished.")
    run.rows = one.rows_count
    ended = one.created_count + one.changed_count + one.unchanged_count + one.skipped_count
    if ended != run.rows:
        raise SystemExit(f"Of {run.rows:,} rows {ended:,} have come to an end.")
    moments = {
        "reading": (one.uploaded_at, one.read_at),
        "checking": (one.read_at, one.checked_at),
        "importing": (one.started_at, one.finished_at),
    }
    for name, (begun, ended_at) in moments.items():
        assert begun is not None
        assert ended_at is not None
        run.stages[name] = (ended_at - begun).total_seconds()


def _cpu_of_children() -> float:
    """Of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _last_line(output: Path) -> str:
    lines = output.read_text().splitlines()
    return next((line for line in lines if line.startswith("Done:")), lines[-1] if lines else "")
