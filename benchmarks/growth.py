"""What ten times as many customers cost: the same searches in both databases, in turn."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.database import create, drop
from benchmarks.filling import fill
from benchmarks.harness import Measurement, Spread, alternate, compare, given_up, say
from benchmarks.people import FIRST_ID, people
from benchmarks.searching import ours

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

GOAL = 1.15
PICKED = 50
Run = Callable[[], object]


@dataclass(frozen=True)
class Side:
    """One of the two databases, and who is in it."""

    connection: BaseDatabaseWrapper
    emails: list[str]
    ids: list[str]

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper, rows: int) -> Side:
        """Knows some who are evenly spread over all rows."""
        step = max(rows // PICKED, 1)
        picked = [one for one in people(rows) if one.number % step == 0]
        emails = [one.email for one in picked]
        return cls(connection, emails, [str(FIRST_ID + one.number) for one in picked])

    def run(self, run: Run) -> Run:
        def act() -> None:
            from django.db import connections

            connections["default"] = self.connection
            run()

        return act

    def each(self, texts: list[str]) -> Run:
        """Another one in each round."""
        reads = itertools.cycle([ours(text=text) for text in texts])

        def read_another() -> None:
            next(reads)()

        return self.run(read_another)


def growth(rows: int, terms: dict[str, str], rounds: int) -> list[Measurement]:
    """p95 among all rows, beside p95 among a tenth of them."""
    few = max(rows // 10, 1)
    with _another_database(few) as connection:
        from django.db import connections

        sides = Side.of(connections["default"], rows), Side.of(connection, few)
        say(f"Searching in turn among {rows:,} and {few:,} customers …")
        try:
            return _measure(*sides, terms=terms, rounds=rounds, beside=f"among {few:,}")
        finally:
            connections["default"] = sides[0].connection


def _measure(
    many: Side, few: Side, *, terms: dict[str, str], rounds: int, beside: str
) -> list[Measurement]:
    pairs = {
        name: alternate(many.run(ours(text=term)), few.run(ours(text=term)), rounds=rounds)
        for name, term in terms.items()
    }
    lines = [_line(f"growth: search, {name}", pair, beside) for name, pair in pairs.items()]
    all_of = _joined([pair[0] for pair in pairs.values()]), _joined([p[1] for p in pairs.values()])
    # These take milliseconds: only many rounds tell two of them apart.
    often = rounds * 10
    first = alternate(many.run(ours()), few.run(ours()), rounds=often)
    ids = alternate(many.each(many.ids), few.each(few.ids), rounds=often)
    emails = alternate(many.each(many.emails), few.each(few.emails), rounds=often)
    return [
        *lines,
        _line("growth: search, all classes", all_of, beside, goal=GOAL),
        _line("growth: first page of the list", first, beside, goal=GOAL),
        _line("growth: exact ID", ids, beside, goal=GOAL),
        _line("growth: exact e-mail address", emails, beside, goal=GOAL),
    ]


def _line(
    name: str, pair: tuple[Spread, Spread], beside: str, *, goal: float | None = None
) -> Measurement:
    many, few = pair
    line = compare(f"{name} (baseline: {beside})", many.p95 * 1000, few.p95 * 1000, goal=goal)
    return given_up(line, many.missed)


def _joined(spreads: list[Spread]) -> Spread:
    seconds = tuple(itertools.chain.from_iterable(one.seconds for one in spreads))
    return Spread(seconds, sum(one.missed for one in spreads))


@contextmanager
def _another_database(rows: int) -> Iterator[BaseDatabaseWrapper]:
    """Beside the benchmark's own, with so many customers; gone afterwards."""
    from django.db import connections

    own, url = connections["default"], os.environ["DATABASE_URL"]
    name = f"{own.settings_dict['NAME']}_few"
    other = connections.create_connection("default")
    other.settings_dict = {**other.settings_dict, "NAME": name}
    try:
        connections["default"] = other
        _make(url, name, rows)
        connections["default"] = own
        yield other
    finally:
        connections["default"] = own
        other.close()
        drop(url, name)


def _make(url: str, name: str, rows: int) -> None:
    from django.core.management import call_command

    drop(url, name)
    create(url, name)
    call_command("migrate", verbosity=0, interactive=False)
    fill(rows, orders=rows // 10, say=say)
