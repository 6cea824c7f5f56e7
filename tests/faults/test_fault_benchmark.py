"""The benchmark of outages runs, shortened; what it finds is for people to read."""

from __future__ import annotations

import pytest

from benchmarks import fault_import
from benchmarks.fault_cases import CASES
from benchmarks.faults import lines, play, table
from benchmarks.resets import Resets
from tests.faults.installation import Installation

CHOSEN = "mail server hangs up after the text"


def test_the_benchmark_of_outages_runs_shortened(installation: Installation) -> None:
    assert CHOSEN in CASES
    names = [CHOSEN, fault_import.NAME]
    found = play(installation, names, people=500, rows=6000, share=0.05)
    assert [one.case for one in found] == names
    assert [(one.lost, one.is_good) for one in found] == [(0, True)] * 2
    assert all(one.met for one in lines(found) if one.goal is not None)
    assert len(table(found).splitlines()) == 3 + len(names)


@pytest.mark.parametrize(("copies", "lost", "doubled"), [(0, 1, 0), (1, 0, 0), (2, 0, 1)])
def test_what_is_lost_and_what_is_doubled_is_counted(
    installation: Installation, copies: int, lost: int, doubled: int
) -> None:
    address = f"counted{copies}@customers.example"
    installation.bring_in(address)
    resets = Resets(installation, iter([address]))
    resets.ask(address)
    resets.wait_for_the_last(60)
    mails = installation.sink.mails
    (mail,) = installation.sink.to(address)
    mails.remove(mail)
    mails.extend([mail] * copies)
    tally = resets.tally("counted", 0)
    assert (tally.lost, tally.doubled, tally.said) == (lost, doubled, 0)
    assert tally.is_good == (copies == 1)
