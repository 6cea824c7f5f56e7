"""While a restore runs nobody else writes; when it is done nobody is left who cannot."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from psycopg.errors import ReadOnlySqlTransaction

from shopdesk.backup.refusal import Refused
from shopdesk.backup.sealing import seal, unseal
from tests.installation.databases import another_database

pytestmark = pytest.mark.django_db(transaction=True)
WRITE = "CREATE TABLE written ()"


def test_whoever_is_connected_has_to_connect_anew_before_and_after() -> None:
    with another_database() as server:
        before = server.connect()
        seal(server)
        with pytest.raises(psycopg.OperationalError):
            before.execute(WRITE)
        meanwhile = server.connect()
        with pytest.raises(ReadOnlySqlTransaction):
            meanwhile.execute(WRITE)
        unseal(server)
        with pytest.raises(psycopg.OperationalError):
            meanwhile.execute(WRITE)
        with server.connect() as afterwards:
            afterwards.execute(WRITE)


def test_a_role_that_does_not_own_the_database_is_told_so() -> None:
    with another_database("guarded") as server, another_database(owner="somebody_else"):
        theirs = {**server.parameters, "user": "somebody_else"}
        with pytest.raises(Refused, match="has to own the database"):
            seal(replace(server, parameters=theirs, password="somebody_else"))
        with server.connect() as own:
            own.execute(WRITE)
