"""`python -m benchmarks.backup --rows 1000000`: beside plain pg_dump and pg_restore."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks.database import NAME, a_server, server_url, use_own_database
from benchmarks.harness import Measurement, Spread, compare, report, seconds_of

if TYPE_CHECKING:
    from shopdesk.backup.server import Server

GOAL = 3


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--database", default=NAME)
    arguments.add_argument("--json", default=None)
    chosen = arguments.parse_args()
    with a_server():
        use_own_database(chosen.database)
        found = run(chosen.rows, chosen.rounds)
    report(f"Backup, {chosen.rows:,} customers", found, json_to=chosen.json)


def run(rows: int, rounds: int) -> list[Measurement]:
    from benchmarks.filling import fill
    from shopdesk.backup.server import Server

    fill(rows, say=lambda words: print(words, file=sys.stderr))
    with tempfile.TemporaryDirectory(prefix="shopdesk-backup-") as directory:
        server = Server.of_the_desk()
        plain, ours = Path(directory) / "plain.dump", Path(directory) / "ours"
        dumps = _in_turn(lambda: _take(ours), lambda: _dump(server, plain), rounds=rounds)
        folder = max(ours.iterdir())
        restores = _in_turn(
            lambda: _into_new(lambda: _restore(folder)),
            lambda: _into_new(lambda: _plain_restore(server, plain)),
            rounds=rounds,
        )
        size = plain.stat().st_size / 1_000_000
    return [
        compare(
            "backup (baseline: pg_dump)", dumps[0].median, dumps[1].median, unit="s", goal=GOAL
        ),
        compare(
            "restore (baseline: pg_restore)",
            restores[0].median,
            restores[1].median,
            unit="s",
            goal=GOAL,
        ),
        Measurement("size of the dump", size, "MB"),
    ]


def _in_turn(
    ours: Callable[[], float], baseline: Callable[[], float], *, rounds: int
) -> tuple[Spread, Spread]:
    """Each side says itself how long it took: making an empty database is not part of it."""
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    return Spread(tuple(one for one, _ in pairs)), Spread(tuple(other for _, other in pairs))


def _take(into: Path) -> float:
    from shopdesk.backup.taking import take

    return seconds_of(lambda: take(into))


def _dump(server: Server, file: Path) -> float:
    command = [server.program("pg_dump"), "--format=custom", "--compress=1", f"--file={file}"]
    return seconds_of(
        lambda: subprocess.run(command, env=server.environment, check=True)  # noqa: S603 -- found by version
    )


def _into_new(restore: Callable[[], None]) -> float:
    """Point the desk at a new database for as long as the restore takes."""
    from django.db import connection

    own = connection.settings_dict["NAME"]
    new = f"{own}_restored"
    connection.close()
    connection.settings_dict["NAME"] = new
    _on_server(
        f"DROP DATABASE IF EXISTS {new} WITH (FORCE)",
        f"CREATE DATABASE {new} TEMPLATE template0",
    )
    try:
        return seconds_of(restore)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        _on_server(f"DROP DATABASE {new} WITH (FORCE)")


def _on_server(*statements: str) -> None:
    import os

    with psycopg.connect(server_url(os.environ["DATABASE_URL"]), autocommit=True) as own:
        for statement in statements:
            own.execute(statement.encode())


def _restore(folder: Path) -> None:
    from shopdesk.backup.restoring import restore

    restore(folder)


def _plain_restore(server: Server, file: Path) -> None:
    from django.db import connection

    into = f"--dbname={connection.settings_dict['NAME']}"
    command = [server.program("pg_restore"), "--no-owner", "--jobs=2", into, file]
    subprocess.run(command, env=server.environment, check=True)  # noqa: S603 -- found by version


if __name__ == "__main__":
    main()
