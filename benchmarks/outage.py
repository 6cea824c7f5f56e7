"""After an outage of the mail server: `python -m benchmarks.outage --mails 20000`.

A whole installation is started, with the intervals of a real one. Mails are queued while the mail
server is away, until each has been tried in vain; then it comes back. Ours is the time from the
first of them to leave to the last. The baseline is the same for as many mails that waited for
nothing but their worker, each of which it was told of from the start.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import datetime

import redis

from benchmarks.harness import Measurement, compare, report, within
from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation
from tests.faults.outage import bring_in_people, left, queue_mails, wait_in_an_outage

WORKER, QUEUE = "The worker", "default"
PROBE_SECONDS = 15.0
LOOK_SECONDS = 0.2
# Longer than a sweep takes to come round.
NONE_LEAVES_SECONDS = 150.0
GOAL = 1.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    with throw_away_directory() as directory:
        installation = Installation(directory, is_real=True)
        try:
            installation.start()
            bring_in_people(installation)
            found = measure(installation, asked.mails)
        finally:
            installation.stop()
    report(f"After an outage of the mail server, {asked.mails:,} mails", found, json_to=asked.json)


def measure(installation: Installation, mails: int) -> list[Measurement]:
    without = _without_an_outage(installation, mails)
    print(f"Without an outage: {without.seconds:,.1f} s", file=sys.stderr)
    wait_in_an_outage(installation, mails)
    back_at = time.time()
    installation.sink.open()
    after = _watched(installation, mails)
    first = max(0.0, after.first_at.timestamp() - back_at)
    return [
        compare(
            "first mail to last (baseline: no outage)",
            after.seconds,
            without.seconds,
            unit="s",
            goal=GOAL,
        ),
        within("mail server back to first mail", first, PROBE_SECONDS + 1, unit="s"),
        Measurement("most messages in the broker", after.most_messages, ""),
    ]


@dataclass(frozen=True)
class _Leaving:
    first_at: datetime
    last_at: datetime
    most_messages: int

    @property
    def seconds(self) -> float:
        return (self.last_at - self.first_at).total_seconds()


def _without_an_outage(installation: Installation, mails: int) -> _Leaving:
    installation.kill_part(WORKER)
    queue_mails(installation, mails)
    installation.start_part(WORKER)
    return _watched(installation, mails)


def _watched(installation: Installation, mails: int) -> _Leaving:
    """Look on until the last has left. Raises AssertionError when none has for too long."""
    most = count = 0
    with redis.from_url(installation.redis.url) as broker:
        deadline = time.monotonic() + NONE_LEAVES_SECONDS
        while time.monotonic() < deadline:
            most = max(most, int(broker.llen(QUEUE)))
            before, (count, first_at, last_at) = count, left(installation)
            if count == mails:
                return _Leaving(first_at, last_at, most)
            if count > before:
                deadline = time.monotonic() + NONE_LEAVES_SECONDS
            time.sleep(LOOK_SECONDS)
    raise AssertionError(f"{count} of {mails} mails have left, and no further one does")


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
