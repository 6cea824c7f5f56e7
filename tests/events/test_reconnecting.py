"""A worker that has its broker back looks for everything that waits, without waiting for beat."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.models import Delivery, Event
from tests.events.servers import RedisDouble
from tests.waiting import wait_until

if TYPE_CHECKING:
    from shop.models import Shop

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisDouble]:
    server = RedisDouble(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def worker(redis: RedisDouble, tmp_path: Path) -> Iterator[Path]:
    """A worker at that broker, on this test's database; answers with its log."""
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "shopdesk.celery", "worker", "-c", "1"]
    command += ["-Q", "default,mail-now", "--include", "tests.events.listening"]
    env = os.environ | {"REDIS_URL": redis.url, "DATABASE_URL": database_url(), "TESTING": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
    yield log
    process.terminate()
    process.wait(timeout=30)


def database_url() -> str:
    """The test's database, on the server that the suite was given."""
    given = urlsplit(os.environ.get("DATABASE_URL", "postgresql:///shopdesk"))
    name = connection.settings_dict["NAME"]
    return f"postgresql://{given.netloc}/{name}" + (f"?{given.query}" if given.query else "")


def asked_without_a_broker(shop: Shop) -> Delivery:
    """What a page leaves behind when it cannot tell anybody."""
    with transaction.atomic():
        event = Event.objects.create(
            name="shop.heard_elsewhere", subject_type="shop.shop", subject_id=shop.pk
        )
        return Delivery.objects.create(event=event, handler="tests.hear", told_at=timezone.now())


def is_done(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return delivery.done_at is not None


def test_what_was_asked_while_the_broker_was_away_is_done_when_it_is_back(
    redis: RedisDouble, worker: Path, shop: Shop
) -> None:
    first = asked_without_a_broker(shop)
    wait_until(lambda: is_done(first), seconds=90, what="the sweep of a worker that starts")

    redis.stop()
    wait_until(lambda: "onnection" in worker.read_text().lower(), what="the worker noticing")
    second = asked_without_a_broker(shop)
    redis.start()

    wait_until(lambda: is_done(second), seconds=90, what="the sweep of a worker that is back")
