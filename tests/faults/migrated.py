"""A cluster with all tables and no rows: made once for a run of the tests, copied for each desk.

Migrating takes ten seconds of the processor, and a run starts a dozen of installations. Outside
of a run, as for a benchmark, there is nothing to copy from, and each is migrated for itself.
"""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Callable
from pathlib import Path

from shopdesk.launcher.servers import EmbeddedPostgres

# Where the processes of this run meet; set by conftest.py.
shared: Path | None = None


def start_migrated(postgres: EmbeddedPostgres, migrate: Callable[[], object]) -> None:
    """Start a new cluster; whoever is the first of the run migrates theirs and leaves a copy."""
    if shared is None:
        postgres.start()
        migrate()
        return
    kept = shared / "migrated-cluster"
    with (shared / "migrated-cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            postgres.start()
            migrate()
            postgres.stop(30)
            _copy(postgres.data, kept)
    if postgres.is_new:
        _copy(kept, postgres.data)
    postgres.start()


def _copy(cluster: Path, to: Path) -> None:
    """With owners and rights, of which PostgreSQL is particular; never half of one."""
    unfinished = to.with_name(f"{to.name}.new")
    subprocess.run(["cp", "-a", cluster, unfinished], check=True)
    unfinished.rename(to)
