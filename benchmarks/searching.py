"""One person who searches customers, now and again, for one thing after the other."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.customers import TERMS, ours
from benchmarks.harness import GaveUp, Measurement, Spread, compare, given_up

REST_SECONDS = 0.25
SEARCH_GOAL = 3


class Searcher:
    """Each search is the list's whole answer: look-ups, a page, reasons, and total."""

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._missed = 0
        self._enough = threading.Event()
        self._terms = itertools.cycle(term for term in TERMS.values() if term)

    @property
    def spread(self) -> Spread:
        return Spread(tuple(self._seconds), self._missed)

    def line(self, name: str, idle: Searcher) -> Measurement:
        mine, other = self.spread, idle.spread
        measured = compare(name, mine.p95 * 1000, other.p95 * 1000, goal=SEARCH_GOAL)
        return given_up(measured, mine.missed)

    def search_for(self, rounds: int) -> None:
        """So many times for each term."""
        self._search()
        self._seconds.clear()
        for _ in range(rounds * (len(TERMS) - 1)):
            time.sleep(REST_SECONDS)
            self._search()

    @contextmanager
    def searching(self) -> Iterator[None]:
        """All the while, on a thread and a connection of their own."""
        thread = threading.Thread(target=self._go_on)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()

    def _go_on(self) -> None:
        from django.db import connections

        try:
            while not self._enough.wait(REST_SECONDS):
                self._search()
        finally:
            connections.close_all()

    def _search(self) -> None:
        read = ours(text=next(self._terms))
        begun = time.perf_counter()
        try:
            read()
        except GaveUp:
            self._missed += 1
        self._seconds.append(time.perf_counter() - begun)
