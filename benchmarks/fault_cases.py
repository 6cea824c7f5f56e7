"""The outages of `benchmarks.faults`: each breaks something, waits, and mends it.

Seconds are those of a real outage; a test shortens all of them alike.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.installation import Installation
from tests.faults.shortages import full_broker, full_disk, no_free_connection
from tests.faults.sink import Sink
from tests.waiting import wait_until

MAIL_WORKER, WORKER, CLOCK = "The mail worker", "The worker", "The clock"


@dataclass(frozen=True)
class Scene:
    """The installation, and the share of each second that is waited for."""

    installation: Installation
    share: float = 1.0

    @property
    def sink(self) -> Sink:
        return self.installation.sink

    def wait(self, seconds: float) -> None:
        time.sleep(seconds * self.share)

    @contextmanager
    def slow_mail(self) -> Iterator[None]:
        """More comes in than leaves, so that queues are full."""
        self.sink.slowness = 2.0 * self.share
        try:
            yield
        finally:
            self.sink.slowness = 0.0


def broker_away(scene: Scene) -> None:
    scene.installation.redis.kill()
    scene.wait(60)
    scene.installation.redis.start()


def broker_emptied(scene: Scene) -> None:
    with scene.slow_mail():
        for _ in range(2):
            scene.wait(12)
            scene.installation.redis.kill()
            scene.installation.redis.start()
        scene.wait(3)


def broker_paused(scene: Scene) -> None:
    scene.installation.redis.pause()
    scene.wait(10)
    scene.installation.redis.resume()


def broker_full(scene: Scene) -> None:
    with full_broker(scene.installation):
        scene.wait(60)


def database_restarted(scene: Scene) -> None:
    """As an upgrade does it, and once more as a crash."""
    postgres = scene.installation.postgres
    postgres.stop(20)
    postgres.start()
    scene.wait(15)
    postgres.kill()
    postgres.start()
    scene.wait(5)


def connections_exhausted(scene: Scene) -> None:
    with no_free_connection(scene.installation):
        scene.wait(30)


def disk_full(scene: Scene) -> None:
    with full_disk(scene.installation):
        scene.wait(30)


def mail_refused(scene: Scene) -> None:
    scene.sink.close()
    scene.wait(60)
    scene.sink.open()


def mail_later(scene: Scene) -> None:
    scene.sink.refusal, scene.sink.refused_each = "451 4.3.0 Try again later", 3
    scene.wait(30)
    scene.sink.refusal, scene.sink.refused_each = "", 1


def mail_limited(scene: Scene) -> None:
    scene.sink.refusal = "421 4.7.0 Too many mails, closing"
    scene.wait(45)
    scene.sink.refusal = ""


def mail_dropped(scene: Scene) -> None:
    scene.sink.hanging_up_each = 4
    scene.wait(20)
    scene.sink.hanging_up_each = 0


def mail_stalled(scene: Scene) -> None:
    scene.sink.freeze()
    scene.wait(120)
    scene.sink.go_on()


def worker_killed_at_the_end(scene: Scene) -> None:
    """In the moment when the mail server's 250 has left, and nobody has written it down."""
    for _ in range(4):
        killed = threading.Event()

        def kill(killed: threading.Event = killed) -> None:
            scene.installation.kill_part(MAIL_WORKER)
            killed.set()

        scene.sink.once_accepted = kill
        wait_until(killed.is_set, seconds=60, what="a mail")
        scene.installation.start_part(MAIL_WORKER)
        scene.wait(4)


def workers_killed_with_tasks(scene: Scene) -> None:
    with scene.slow_mail():
        for _ in range(2):
            scene.wait(12)
            for name in (MAIL_WORKER, WORKER):
                scene.installation.kill_part(name)
                scene.installation.start_part(name)


def worker_asked_to_end(scene: Scene) -> None:
    """In the middle of mails; whoever looks after it starts it again."""
    with scene.slow_mail():
        for _ in range(3):
            scene.wait(6)
            child = scene.installation.parts[MAIL_WORKER].child
            if child is not None:
                child.send(signal.SIGTERM)


def two_clocks(scene: Scene) -> None:
    """And two workers for what they tell of; long enough for a sweep of each."""
    twins = [scene.installation.start_beside(name) for name in (CLOCK, MAIL_WORKER)]
    scene.wait(75)
    for twin in twins:
        twin.kill()


CASES: dict[str, Callable[[Scene], None]] = {
    "broker away for 60 s": broker_away,
    "broker killed and restarted empty": broker_emptied,
    "broker paused for 10 s": broker_paused,
    "broker full (OOM) for 60 s": broker_full,
    "database restarted, and crashed": database_restarted,
    "database's connections exhausted for 30 s": connections_exhausted,
    "database's disk full for 30 s": disk_full,
    "mail server refuses for 60 s": mail_refused,
    "mail server says 451 to every third": mail_later,
    "mail server says 421 for 45 s": mail_limited,
    "mail server hangs up after the text": mail_dropped,
    "mail server stalls for 120 s": mail_stalled,
    "worker killed between 250 and commit": worker_killed_at_the_end,
    "workers killed with tasks in hand": workers_killed_with_tasks,
    "worker asked to end in the middle": worker_asked_to_end,
    "two clocks and two mail workers": two_clocks,
}
