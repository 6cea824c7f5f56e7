"""What waited for the mail server leaves in one go; no sweep is needed for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.outage import measure
from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation
from tests.faults.outage import bring_in_people, left, wait_in_an_outage
from tests.waiting import wait_until

COUNT = 60
NO_SWEEP = {"SWEEP_SECONDS": "3600", "TELL_BATCH": "10"}


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One whose clock asks for a sweep each hour."""
    with throw_away_directory(in_memory=True) as directory:
        made = Installation(directory, intervals=NO_SWEEP)
        try:
            made.start()
            bring_in_people(made)
            yield made
        finally:
            made.stop()


def test_after_an_outage_all_leave_at_once(installation: Installation) -> None:
    wait_in_an_outage(installation, COUNT)
    installation.sink.open()
    wait_until(lambda: left(installation)[0] == COUNT, seconds=60, what="the last mail")

    assert len({mail["To"] for mail in installation.sink.mails}) == COUNT


def test_the_benchmark_of_outages_runs_with_a_handful_of_mails(installation: Installation) -> None:
    found = measure(installation, mails=3)
    assert [one.unit for one in found] == ["s", "s", ""]
    assert all(one.value >= 0 for one in found)
