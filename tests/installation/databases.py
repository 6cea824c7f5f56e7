"""A second database beside the test's own, which is the desk's for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import connection

from shopdesk.backup.server import Server


@contextmanager
def another_database(suffix: str = "restored", *, owner: str = "") -> Iterator[Server]:
    """Empty, on the same server, and gone afterwards. `owner` is a role that may nothing else."""
    kept = {key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD")}
    name = f"{kept['NAME']}_{suffix}"
    _on_server(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE template0"
    )
    if owner:
        _on_server(f"DROP ROLE IF EXISTS {owner}", f"CREATE ROLE {owner} LOGIN PASSWORD '{owner}'")
        _on_server(f"ALTER DATABASE {name} OWNER TO {owner}")
    connection.close()
    connection.settings_dict.update(NAME=name)
    if owner:
        connection.settings_dict.update(USER=owner, PASSWORD=owner)
    try:
        yield Server.of_the_desk()
    finally:
        connection.close()
        connection.settings_dict.update(kept)
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")
        if owner:
            _on_server(f"DROP ROLE {owner}")


def _on_server(*statements: str) -> None:
    server = Server.of_the_desk()
    on_server = replace(server, parameters={**server.parameters, "dbname": "postgres"})
    with on_server.connect() as own:
        own.autocommit = True
        for statement in statements:
            own.execute(statement.encode())
