"""The servers that come with the desk: killed, paused, stopped by force, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis

from shopdesk.launcher.embedded import throw_away_directory
from shopdesk.launcher.processes import signal_each
from shopdesk.launcher.refusal import Refused
from shopdesk.launcher.servers import (
    STILL_ENDING,
    THROW_AWAY,
    EmbeddedPostgres,
    EmbeddedRedis,
)
from tests.faults.launching import alive
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.faults,
    # Other systems have no /proc; in CI, which is Linux, nothing is skipped.
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]


def database(directory: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        directory / "postgres", run=directory, log=directory / "log", without=THROW_AWAY
    )


def test_embedded_servers_can_be_killed_started_again_and_paused() -> None:
    with throw_away_directory(in_memory=True) as directory:
        postgres = database(directory)
        valkey = EmbeddedRedis(run=directory, log=directory / "log")
        postgres.start()
        valkey.start()
        postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(postgres.url)
        with pytest.raises(Refused):
            postgres.pause()
        postgres.start()
        psycopg.connect(postgres.url).close()

        valkey.pause()
        client = redis.Redis.from_url(valkey.url, socket_timeout=0.2, retry=None)
        with pytest.raises(redis.TimeoutError):
            client.ping()
        client.close()
        valkey.resume()
        assert redis.Redis.from_url(valkey.url).ping() is True
        valkey.stop()
        postgres.stop()
        postgres.stop()


def test_a_part_that_ended_meanwhile_keeps_no_signal_from_the_others() -> None:
    """A database's workers end by themselves, also between a look at them and the signal."""
    with subprocess.Popen(["true"]) as ended, subprocess.Popen(["sleep", "60"]) as goes_on:
        ended.wait()
        signal_each([ended.pid, goes_on.pid], signal.SIGTERM)
        assert goes_on.wait(10) == -signal.SIGTERM


def test_a_database_waits_for_the_end_of_the_one_before() -> None:
    """Its postmaster was killed, and one of its processes has not noticed yet."""
    with throw_away_directory(in_memory=True) as directory, ThreadPoolExecutor(1) as beside:
        postgres = database(directory)
        postgres.start()
        with psycopg.connect(postgres.url) as connection:
            left_over = connection.info.backend_pid
            os.kill(left_over, signal.SIGSTOP)
            postgres.kill()
            starts = beside.submit(postgres.start)
            wait_until(lambda: STILL_ENDING in postgres.log.read_text(), what="a start in vain")
            os.kill(left_over, signal.SIGKILL)
            starts.result()
        psycopg.connect(postgres.url).close()
        postgres.stop()


def test_a_database_that_does_not_end_is_ended_with_all_its_parts() -> None:
    with throw_away_directory(in_memory=True) as directory:
        postgres = database(directory)
        postgres.start()
        parts = postgres.family()
        postgres.stop(0)
        wait_until(lambda: not alive(dict.fromkeys(parts, "")), what="the end of all parts")
        postgres.start()
        postgres.stop()
        assert STILL_ENDING not in postgres.log.read_text()
