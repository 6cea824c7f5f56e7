"""A worker that is asked to end sees through what it has just handed out, and nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from shopdesk.celery import app
from shopdesk.launcher.processes import Child
from tests.events.servers import RedisDouble
from tests.waiting import wait_until

pytestmark = pytest.mark.faults
# A process that nobody listens to stays for half a minute.
SWIFT_SECONDS = 15


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisDouble]:
    server = RedisDouble(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def leaving(broker: RedisDouble, tmp_path: Path) -> Iterator[Child]:
    """Two tasks wait, and a worker comes that leaves as soon as it has handed out one of them."""
    with app.connection_for_write(broker.url) as line:
        for _ in range(2):
            app.send_task("tests.nothing", queue="alone", connection=line)
    command = [sys.executable, "-m", "celery", "-A", "shopdesk.celery", "worker", "-c", "1"]
    command += ["-Q", "alone", "-l", "INFO", "--include", "tests.events.leaving"]
    env = os.environ | {"REDIS_URL": broker.url, "TESTING": "1", "LOG_LEVEL": "INFO"}
    worker = Child.start(command, log=tmp_path / "worker.log", env=env)
    yield worker
    worker.kill()


def test_a_task_handed_out_as_the_worker_is_asked_to_end_is_done_once_and_soon(
    broker: RedisDouble, leaving: Child, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    wait_until(lambda: " received" in log.read_text(), seconds=60, what="the first task")

    assert leaving.wait(SWIFT_SECONDS), log.read_text()

    assert leaving.process.returncode == 0
    assert log.read_text().count(" succeeded in ") == 1
    with Redis.from_url(broker.url) as line:
        assert (line.llen("alone"), line.hlen("unacked")) == (1, 0)
