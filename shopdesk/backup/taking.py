"""Taking a backup: the dump and the sums beside it see the same moment, while the desk goes on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg
from django.utils import timezone

from shopdesk import VERSION
from shopdesk.backup.manifest import (
    DATABASE,
    Manifest,
    key_marks,
    sha256,
    write_settings,
)
from shopdesk.backup.refusal import Refused
from shopdesk.backup.server import Server
from shopdesk.backup.tables import LEFT_OUT, sums


def take(into: Path) -> tuple[Path, Manifest]:
    """Make a folder of its own in `into`. It has its name only when it is whole. Raises Refused."""
    server = Server.of_the_desk()
    program = server.program("pg_dump")
    folder = into / f"shopdesk-{timezone.now():%Y-%m-%dT%H-%M-%SZ}"
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    try:
        unfinished.mkdir(parents=True, mode=0o700)
    except OSError as problem:
        raise Refused(f"{into} cannot be written: {problem.strerror}.") from None
    try:
        manifest = _fill(unfinished, server, program)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    unfinished.rename(folder)
    return folder, manifest


def _fill(folder: Path, server: Server, program: Path) -> Manifest:
    dump = folder / DATABASE
    with server.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        found = connection.execute("SELECT pg_export_snapshot()").fetchone()
        with subprocess.Popen(  # noqa: S603 -- pg_dump, found by its version
            [program, *_options(str((found or [""])[0]), dump)],
            env=server.environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as dumping:
            try:
                tables = sums(connection)
            except BaseException:
                dumping.kill()
                raise
            _, complaint = dumping.communicate()
    if dumping.returncode:
        raise Refused(f"pg_dump gave up: {complaint.strip()[-500:]}")
    dump.chmod(0o600)
    return _written(folder, tables, server)


def _options(snapshot: str, dump: Path) -> list[str]:
    chosen = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
    left_out = [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
    return [*chosen, *left_out, f"--snapshot={snapshot}", f"--file={dump}"]


def _written(folder: Path, tables: dict[str, dict[str, int | str]], server: Server) -> Manifest:
    dump = folder / DATABASE
    manifest = Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        version=VERSION,
        server=server.major,
        database_bytes=dump.stat().st_size,
        database_sha256=sha256(dump),
        tables=tables,
        key_marks=key_marks(),
    )
    write_settings(folder)
    manifest.write(folder)
    return manifest
