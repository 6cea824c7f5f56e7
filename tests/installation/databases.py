"""A second database beside the test's own, which is the desk's for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import connection

from shopdesk.backup.server import Server


@contextmanager
def another_database(suffix: str = "restored") -> Iterator[Server]:
    """Empty, on the same server, and gone afterwards."""
    desk = connection.settings_dict["NAME"]
    name = f"{desk}_{suffix}"
    _on_server(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE template0"
    )
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield Server.of_the_desk()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = desk
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(*statements: str) -> None:
    server = Server.of_the_desk()
    on_server = replace(server, parameters={**server.parameters, "dbname": "postgres"})
    with on_server.connect() as own:
        own.autocommit = True
        for statement in statements:
            own.execute(statement.encode())
