"""Restoring a backup into an empty database, and telling whether it is all there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from shopdesk.backup.calming import Calmed, calm
from shopdesk.backup.manifest import DATABASE, Manifest
from shopdesk.backup.refusal import Refused
from shopdesk.backup.sealing import PROGRAM_OPTIONS, open_for_us, seal, unseal
from shopdesk.backup.server import Server
from shopdesk.backup.tables import sums, tables
from shopdesk.pulses import living


def restore(folder: Path) -> tuple[Manifest, Calmed]:
    """Bring a backup into the desk's database and calm what was under way. Raises Refused.

    Nothing is changed before everything that can be checked beforehand was. What fails on the way
    leaves a database that takes no writes, so that nothing of it is ever sent.
    """
    manifest = Manifest.read(folder)
    server = Server.of_the_desk()
    manifest.refuse_damage(folder)
    _refuse_older_server(server, manifest)
    _refuse_occupied(server)
    _refuse_workers()
    seal(server)
    _bring_in(folder / DATABASE, server)
    _refuse_difference(server, manifest)
    # From here on as this release's code sees it; a newer release brings the tables up to itself.
    open_for_us()
    call_command("migrate", interactive=False, verbosity=0)
    calmed = calm()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    unseal(server)
    return manifest, calmed


def _refuse_older_server(server: Server, manifest: Manifest) -> None:
    if server.major < manifest.server:
        raise Refused(
            f"The backup is of PostgreSQL {manifest.server}; this server is {server.major}. "
            "Restore to the same version or a newer one."
        )


def _refuse_occupied(server: Server) -> None:
    with server.connect() as own:
        found = tables(own)
    if found:
        raise Refused(
            f"This database is not empty: it has {len(found)} tables. Nothing was changed. "
            "Restore into a new database, and point DATABASE_URL to it."
        )


def _refuse_workers() -> None:
    """A worker would send what waits in the moment its row is there."""
    found = living()
    if found is None:
        raise Refused(
            "Redis does not answer, so nobody knows whether workers are at work. Start it, and try "
            "again. Nothing was changed."
        )
    if found:
        names = ", ".join(worker.name for worker in found)
        raise Refused(
            f"Stop all workers and the clock first. Still at work: {names}. "
            "(One that has ended is known to be gone after half a minute.)"
        )


def _bring_in(dump: Path, server: Server) -> None:
    program = server.program("pg_restore")
    jobs = min(os.cpu_count() or 1, 4)
    chosen = ["--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"]
    done = subprocess.run(  # noqa: S603 -- pg_restore, found by its version
        [program, *chosen, f"--jobs={jobs}", f"--dbname={server.parameters['dbname']}", dump],
        env=server.environment | PROGRAM_OPTIONS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(
            f"pg_restore gave up: {done.stderr.strip()[-500:]}\n"
            "The database holds a part of the backup now. Drop it, make a new one, and try again."
        )


def _refuse_difference(server: Server, manifest: Manifest) -> None:
    with server.connect() as own:
        found = sums(own)
    names = found.keys() | manifest.tables.keys()
    different = sorted(name for name in names if found.get(name) != manifest.tables.get(name))
    if different:
        raise Refused(
            f"What was restored is not what was backed up: {', '.join(different)}. "
            "Do not use this database."
        )
