"""Outages at full length: `python -m benchmarks.faults` (`--only WORDS`, `--json FILE`).

A whole installation is started, with the intervals of a real one. All the while customers ask for
resets on the storefront's page; something breaks, stays broken, and is mended; then everything is
waited for. Accepted is what was answered as accepted, delivered what the mail server has of it by
then. Lost must be nothing, and nothing is doubled but what ShopDesk itself says may be: those where
SMTP cannot rule it out. Ends with status 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks import fault_import
from benchmarks.fault_cases import CASES, Scene
from benchmarks.harness import Measurement, say, within, write_json
from benchmarks.resets import REST_SECONDS, Resets, Tally
from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation

PEOPLE = 8_000
SETTLING_SECONDS = 3
# A worker that is killed with a delivery in its hands leaves it to the next one after six minutes.
PATIENCE_SECONDS = 480


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases with these words in their name")
    parser.add_argument("--beside", type=int, default=3, help="installations side by side")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    chosen = [name for name in [*CASES, fault_import.NAME] if asked.only in name]
    if not chosen:
        parser.error("No such case. There are:\n" + "\n".join([*CASES, fault_import.NAME]))
    found = _play_all(chosen, min(asked.beside, len(chosen)))
    print(table(found))
    if asked.json:
        write_json(lines(found), asked.json)
    return 0 if all(one.is_good for one in found) else 1


def _play_all(names: list[str], beside: int) -> list[Tally]:
    """Cases wait more than they work: several installations each take the next one."""
    next_ones = iter(names)
    with ThreadPoolExecutor(beside) as pool:
        lots = pool.map(_play_some, [next_ones] * beside)
        found = {one.case: one for lot in lots for one in lot}
    return [found[name] for name in names]


def _play_some(names: Iterator[str]) -> list[Tally]:
    """In an installation of their own. Its processes end with this thread, whatever happens."""
    with throw_away_directory() as directory:
        installation = Installation(directory, is_real=True)
        try:
            installation.start()
            return play(installation, names)
        finally:
            installation.stop()


def play(
    installation: Installation,
    names: Iterable[str],
    *,
    people: int = PEOPLE,
    rows: int = fault_import.ROWS,
    share: float = 1.0,
) -> list[Tally]:
    """`share`: of each second of an outage; a test shortens them. `rows`: of the import."""
    addresses = [f"kunde{number}@customers.example" for number in range(people)]
    installation.bring_in(*addresses)
    waiting = iter(addresses)
    scene = Scene(installation, share)
    found = []
    for name in names:
        say(f"{name} …")
        begun = time.monotonic()
        try:
            if name == fault_import.NAME:
                tally = fault_import.play(installation, rows)
            else:
                tally = play_one(scene, name, waiting)
        except Exception as error:  # noqa: BLE001 -- one that fails takes no other with it
            failure = f"{type(error).__name__}: {error}"
            tally = Tally(name, 0, 0, 0, 0, 0, time.monotonic() - begun, failure)
        found.append(tally)
        say(f"{name}: {told(tally)}")
    return found


def play_one(scene: Scene, name: str, addresses: Iterator[str]) -> Tally:
    begun = time.monotonic()
    resets = Resets(scene.installation, addresses, rest=REST_SECONDS * scene.share)
    with resets.coming_in():
        scene.wait(SETTLING_SECONDS)
        CASES[name](scene)
        scene.wait(SETTLING_SECONDS)
    resets.wait_for_the_last(PATIENCE_SECONDS)
    return resets.tally(name, time.monotonic() - begun)


def told(one: Tally) -> str:
    return one.failure or (
        f"accepted {one.accepted:,}, delivered {one.delivered:,}, doubled {one.doubled}"
        f" (said: {one.said}), lost {one.lost}; {one.seconds:.0f} s"
    )


COLUMNS: dict[str, Callable[[Tally], str]] = {
    "turned away": lambda one: f"{one.turned_away:,}",
    "accepted": lambda one: f"{one.accepted:,}",
    "delivered": lambda one: f"{one.delivered:,}",
    "doubled": lambda one: str(one.doubled),
    "said so": lambda one: str(one.said),
    "lost": lambda one: str(one.lost),
    "seconds": lambda one: f"{one.seconds:.0f}",
}


def table(found: Sequence[Tally]) -> str:
    width = max(len(one.case) for one in found)
    head = f"{'':{width}}" + "".join(f" {name:>11}" for name in COLUMNS)
    rows = [
        f"{one.case:{width}}" + "".join(f" {cell(one):>11}" for cell in COLUMNS.values())
        for one in found
    ]
    failures = [f"{one.case}, not played to its end: {one.failure}" for one in found if one.failure]
    return "\n".join(["", "Outages at full length", head, *rows, *failures])


def lines(found: Sequence[Tally]) -> list[Measurement]:
    """As all benchmarks write them: for each case what must be nothing, and what there was."""
    return [
        line
        for one in found
        for line in (
            within(f"{one.case}: lost", one.lost, 0, unit=""),
            within(f"{one.case}: doubled, and not said", one.doubled - one.said, 0, unit=""),
            Measurement(f"{one.case}: doubled", one.doubled, ""),
            Measurement(f"{one.case}: accepted", one.accepted, ""),
            Measurement(f"{one.case}: delivered", one.delivered, ""),
            Measurement(f"{one.case}: turned away", one.turned_away, ""),
            Measurement(f"{one.case}: whole case", one.seconds, "s"),
        )
    ]


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    sys.exit(main())
