"""The one harness of all benchmarks: measure pairs, print a table, write JSON.

A `Measurement` compares our way with a baseline that ran alternately with it. The ratio, not the
absolute time, is the result: the machine's speed drifts, and both sides drift with it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

STARTED = time.monotonic()


@dataclass(frozen=True)
class Measurement:
    """One line of a report. `ratio` is value / baseline (below 1: ours is quicker)."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: float | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Spread:
    """Seconds of one side, over all rounds; `missed`: how often it gave up instead of answering."""

    seconds: tuple[float, ...]
    missed: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


class GaveUp(Exception):
    """Raised by a side that gives no answer."""


def alternate(
    ours: Callable[[], object], baseline: Callable[[], object], *, rounds: int, every: int = 1
) -> tuple[Spread, Spread]:
    """Run both sides in turn, after one uncounted round of each.

    Of a baseline that takes seconds, one round goes with `every` rounds of ours.
    """
    _timed(ours)
    _timed(baseline)
    mine, other = [], []
    for number in range(rounds):
        mine.append(_timed(ours))
        if number % every == 0:
            other.append(_timed(baseline))
    return _spread(mine), _spread(other)


def _spread(rounds: list[tuple[float, bool]]) -> Spread:
    return Spread(tuple(took for took, _ in rounds), sum(gave_up for _, gave_up in rounds))


def say(line: str) -> None:
    """A line of progress, with the time since the start; beside the report, not in it."""
    minutes, seconds = divmod(int(time.monotonic() - STARTED), 60)
    print(f"{minutes:3}:{seconds:02} {line}", file=sys.stderr, flush=True)


def seconds_of(run: Callable[[], object]) -> float:
    """How long one run takes, for sides that measure a part of what they do."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _timed(run: Callable[[], object]) -> tuple[float, bool]:
    started = time.perf_counter()
    try:
        run()
    except GaveUp:
        return time.perf_counter() - started, True
    return time.perf_counter() - started, False


def compare(
    name: str, value: float, baseline: float, *, unit: str = "ms", goal: float | None = None
) -> Measurement:
    """A measurement whose goal is a ratio that must not be exceeded."""
    ratio = value / baseline if baseline else None
    met = None if goal is None or ratio is None else ratio <= goal
    return Measurement(name, value, unit, baseline, ratio, goal, met)


def given_up(one: Measurement, missed: int) -> Measurement:
    """A measurement whose side gave up some of its rounds: no answer meets no goal."""
    if not missed:
        return one
    return replace(one, name=f"{one.name}, gave up {missed} times", met=False)


def within(name: str, value: float, limit: float, *, unit: str = "ms") -> Measurement:
    """A measurement against an absolute figure that the issue at hand names."""
    return Measurement(name, value, unit, None, None, limit, value <= limit)


def between(
    name: str, value: float, least: float, most: float, *, baseline: float | None = None
) -> Measurement:
    """A measurement that must be neither smaller nor larger than what the issue at hand names."""
    label = f"{name} ({least:g} to {most:g})"
    return Measurement(label, value, "", baseline, None, None, least <= value <= most)


def report(title: str, measurements: Sequence[Measurement], *, json_to: str | None = None) -> None:
    """Print a table; with `json_to` write `[{name, value, unit, baseline, …}]` as well."""
    width = max((len(one.name) for one in measurements), default=4)
    print(f"\n{title}\n{'':{width}}  {'ours':>12} {'baseline':>12} {'ratio':>8}  goal")
    for one in measurements:
        ours, baseline = _cell(one.value, one.unit), _cell(one.baseline, one.unit)
        print(f"{one.name:{width}}  {ours} {baseline} {_tail(one)}")
    if json_to:
        write_json(measurements, json_to)


def write_json(measurements: Sequence[Measurement], json_to: str) -> None:
    """To that file, or with "-" to standard output."""
    text = json.dumps([asdict(one) for one in measurements], indent=1)
    if json_to == "-":
        sys.stdout.write(text + "\n")
    else:
        Path(json_to).write_text(text + "\n", encoding="utf-8")


def _cell(value: float | None, unit: str) -> str:
    return f"{'-':>12}" if value is None else f"{f'{value:,.2f} {unit}':>12}"


def _tail(one: Measurement) -> str:
    ratio = "-" if one.ratio is None else f"{one.ratio:.3f}"
    goal = "" if one.goal is None else f"≤ {one.goal:g} "
    verdict = {True: "met", False: "MISSED", None: ""}[one.met]
    return f"{ratio:>8}  {goal}{verdict}".rstrip()
