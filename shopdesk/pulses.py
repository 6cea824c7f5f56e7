"""Who works: each worker, and the clock, gives a sign of life every ten seconds.

As a file for the health check on its own machine, and in Redis for everybody who asks. Lost with
Redis, and back ten seconds after it. A process that hangs, or has no broker, has no pulse.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import redis
import structlog
from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings

from shopdesk.probe import PULSE_SECONDS, pulse_file

if TYPE_CHECKING:
    from collections.abc import Iterable

log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0
KEY = "shopdesk:pulses"
CLOCK = "beat"


@dataclass(frozen=True)
class Worker:
    """One that was felt within the last half minute."""

    name: str
    queues: tuple[str, ...]


def beat_once(name: str, queues: Iterable[str] = ()) -> None:
    """Leave a sign of life. Never raises: it must not take down what it watches."""
    try:
        if place := pulse_file(name.partition("@")[0]):
            place.touch()
        sign = json.dumps({"at": time.time(), "queues": sorted(queues)})
        with _redis() as connection:
            connection.hset(KEY, name, sign)
    except (OSError, redis.RedisError) as error:
        log.warning("pulse.lost", error=type(error).__name__)


def living() -> list[Worker] | None:
    """Workers and the clock, by name; None when Redis is away and nobody knows."""
    try:
        with _redis() as connection:
            signs = {name: json.loads(sign) for name, sign in connection.hgetall(KEY).items()}
            oldest = time.time() - PULSE_SECONDS
            gone = [name for name, sign in signs.items() if sign["at"] < oldest]
            if gone:
                connection.hdel(KEY, *gone)
    except redis.RedisError:
        return None
    alive = sorted(signs.keys() - set(gone))
    return [Worker(name, tuple(signs[name]["queues"])) for name in alive]


def _redis() -> redis.Redis:
    seconds = settings.BROKER_CONNECT_TIMEOUT
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=seconds,
        socket_timeout=seconds,
    )


class WorkerPulse(bootsteps.StartStopStep):
    """From the loop that takes tasks, so that a worker whose loop hangs falls silent."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **_options: Any) -> None:
        self.entry: Any = None
        super().__init__(parent)

    def start(self, parent: Any) -> None:
        queues = [queue.name for queue in parent.app.amqp.queues.consume_from.values()]
        beat_once(parent.hostname, queues)
        self.entry = parent.timer.call_repeatedly(
            EVERY_SECONDS, beat_once, (parent.hostname, queues)
        )

    def stop(self, _parent: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()


class Clock(PersistentScheduler):
    """Beat's scheduler, with a pulse: `CELERY_BEAT_SCHEDULER` in the settings."""

    felt_at = 0.0

    def tick(self, *arguments: Any, **options: Any) -> float:
        self.follow_the_time()
        pause: float = super().tick(*arguments, **options)
        if time.monotonic() - self.felt_at >= EVERY_SECONDS:
            beat_once(CLOCK)
            self.felt_at = time.monotonic()
        return min(pause, EVERY_SECONDS)

    def follow_the_time(self) -> None:
        """Where the machine's time was set back, nothing waits until it is as late as it was."""
        ahead = [
            one
            for one in self.schedule.values()
            if one.last_run_at and one.last_run_at > one.default_now()
        ]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self.populate_heap()
