"""An import of customers whose worker is killed twice: as many as the file has, each once."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.exports import Files
from benchmarks.people import FIRST_ID
from benchmarks.resets import Tally
from tests.faults.installation import Installation
from tests.waiting import wait_until

NAME = "import whose worker is killed twice"
WORKER = "The worker"
ROWS = 60_000
PATIENCE_SECONDS = 480
UPLOAD = """
from customers.models import Import
with open({path!r}, "rb") as stream:
    Import.upload(stream, name="customers.csv", by=None)
"""
START = """
from customers.models import Import
Import.objects.latest("id").start(by=None)
"""
NEWEST = "FROM customers_import ORDER BY id DESC LIMIT 1"
THERE = f"""
SELECT count(*), count(DISTINCT customer_id) FROM customers_externalid
WHERE value::bigint > {FIRST_ID}
"""
HOW_MANY = "SELECT count(*) FROM customers_customer"


def play(installation: Installation, rows: int) -> Tally:
    """Killed once while it checks, and once while it writes."""
    begun = time.monotonic()
    files = Files(Path(installation.directory), rows, 0, 1)
    files.write_customers()
    before = _number(installation, HOW_MANY)
    _run(installation, UPLOAD.format(path=str(files.path("customers"))))
    _killed(installation, "read_line > 0")
    _until(installation, "checked_at IS NOT NULL")
    _run(installation, START)
    _killed(installation, "done_count > rows_count / 4")
    _until(installation, "finished_at IS NOT NULL")
    return _tally(installation, before, rows, time.monotonic() - begun)


def _tally(installation: Installation, before: int, rows: int, seconds: float) -> Tally:
    ((ids, people),) = installation.query(THERE)
    ((skipped,),) = installation.query(f"SELECT skipped_count {NEWEST}")
    new = _number(installation, HOW_MANY) - before
    return Tally(
        NAME,
        accepted=rows - skipped,
        turned_away=skipped,
        delivered=people,
        doubled=max(new, ids) - people,
        said=0,
        seconds=seconds,
    )


def _killed(installation: Installation, when: str) -> None:
    _until(installation, when)
    installation.kill_part(WORKER)
    installation.start_part(WORKER)


def _until(installation: Installation, when: str) -> None:
    statement = f"SELECT {when} {NEWEST}"
    wait_until(
        lambda: installation.query(statement) == [(True,)], seconds=PATIENCE_SECONDS, what=when
    )


def _run(installation: Installation, script: str) -> None:
    installation.manage("shell", "--no-imports", "-c", script)


def _number(installation: Installation, statement: str) -> int:
    ((number,),) = installation.query(statement)
    return int(number)
