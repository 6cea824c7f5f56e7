"""The database server that is backed up or restored to, and PostgreSQL's own programs for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

from shopdesk.backup.refusal import Refused
from shopdesk.launcher.binaries import WHEELS, package_folder

# What a connection says of itself, as libpq's programs take it.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
}


@dataclass(frozen=True)
class Server:
    """Where the desk's database is, as psycopg and as libpq's programs are told of it."""

    parameters: dict[str, str]
    password: str
    major: int

    @classmethod
    def of_the_desk(cls) -> Server:
        connection.ensure_connection()
        found = connection.connection.info
        told = {name: text for name, text in found.get_parameters().items() if name in VARIABLES}
        return cls(told, found.password, found.server_version // 10_000)

    def connect(self) -> psycopg.Connection:
        """A connection of one's own; no pool, no cursor of Django's."""
        return psycopg.connect(**self.parameters, password=self.password or None)  # type: ignore[arg-type]  # strings all

    @property
    def environment(self) -> dict[str, str]:
        """In variables, not in arguments: those are in the machine's process list."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        own = {VARIABLES[name]: text for name, text in self.parameters.items()}
        return kept | own | ({"PGPASSWORD": self.password} if self.password else {})

    def program(self, name: str) -> Path:
        """`pg_dump` or `pg_restore` of the server's own version. Raises Refused with what to do."""
        for place in _places(name):
            if major_of(place) == self.major:
                return place
        raise Refused(
            f"{name} of PostgreSQL {self.major} is not on this machine, and another version's "
            "files may not fit that server. On Debian and Ubuntu: "
            f"apt install postgresql-client-{self.major}"
        )


def _places(name: str) -> Iterator[Path]:
    # The system's own come first: those in wheels speak no TLS.
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if on_path := shutil.which(name):
        yield Path(on_path)
    for package in WHEELS:
        if folder := package_folder(package):
            yield from sorted(folder.glob(f"**/bin/{name}"))


def major_of(program: Path) -> int:
    """0 for what does not run here."""
    try:
        said = subprocess.run(  # noqa: S603 -- a program that was found, not one that was named
            [program, "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"\) (\d+)", said)
    return int(version[1]) if version else 0
