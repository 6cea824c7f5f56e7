"""What the database's first start runs: a role that owns its database, and is nobody beyond it."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator

import psycopg
import pytest

from shopdesk.launcher.embedded import throw_away_directory
from shopdesk.launcher.servers import EmbeddedPostgres
from tests.faults.installed.running import Desk
from tests.installation.compose import ROOT

PASSWORD = "it's a 'password' \\ with signs"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with throw_away_directory(in_memory=True) as directory:
        made = Desk(directory)
        made.postgres.start()
        on_server(made.postgres, "shopdesk", "CREATE ROLE postgres SUPERUSER LOGIN")
        on_server(
            made.postgres,
            "postgres",
            "DROP DATABASE shopdesk",
            "ALTER ROLE shopdesk RENAME TO whoever_made_this_cluster",
        )
        try:
            make_database(made)
            yield made
        finally:
            made.postgres.stop()


def on_server(server: EmbeddedPostgres, user: str, *statements: str) -> None:
    with psycopg.connect(host=str(server.socket), user=user, dbname="postgres") as own:
        own.autocommit = True
        for statement in statements:
            own.execute(statement.encode())


def make_database(desk: Desk) -> None:
    secret = desk.directory / "secrets" / "database_password"
    secret.write_text(f"{PASSWORD}\n")
    place = {"PGHOST": str(desk.postgres.socket), "DATABASE_PASSWORD_FILE": str(secret)}
    subprocess.run(
        [ROOT / "deploy" / "make-database"],
        env={"PATH": os.environ["PATH"], **place},
        check=True,
        capture_output=True,
    )


def test_the_role_is_nobody_beyond_its_database(desk: Desk) -> None:
    with psycopg.connect(desk.postgres.url) as own:
        powers = own.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = own.execute(
            "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user"
        ).fetchall()
        assert (powers, owned) == ((False,) * 5, [("shopdesk",)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_its_password_is_the_files(desk: Desk) -> None:
    """As PostgreSQL keeps it (RFC 5803), asked of its own check of a password."""
    with psycopg.connect(
        host=str(desk.postgres.socket), user="postgres", dbname="postgres"
    ) as server:
        kept = server.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'shopdesk'")
        assert is_kept_as(str((kept.fetchone() or [""])[0]), PASSWORD)


def is_kept_as(verifier: str, password: str) -> bool:
    _name, rounds_and_salt, keys = verifier.split("$")
    rounds, salt = rounds_and_salt.split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(rounds))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return keys.split(":")[0] == b64encode(hashlib.sha256(client).digest()).decode()


def test_the_desk_is_migrated_as_that_role_alone(desk: Desk) -> None:
    desk.run("migrate", *desk.command("migrate"))
    with psycopg.connect(desk.postgres.url) as own:
        foreign = own.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND pg_get_userbyid(relowner) <> 'shopdesk'"
        ).fetchall()
    assert foreign == []
