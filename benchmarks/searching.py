"""Searching customers: what for, the list's whole answer, and somebody who does it all the time."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.harness import GaveUp, Measurement, Spread, compare, given_up

if TYPE_CHECKING:
    from core.listing import Asked

# Class of term, and the term. Common ones fill a page from the newest rows; rare ones have some
# dozens to some thousands of hits in a million, all over the table. "old rows": carried by the
# oldest tenth of the rows only.
TERMS = {
    "2 letters, common": "an",
    "2 letters, mid": "mu",
    "2 letters, rare": "yp",
    "2 letters, none": "qx",
    "3 letters, common": "ann",
    "3 letters, rare": "xav",
    "3 letters, rare inside": "ilz",
    "6 letters, common": "gmail.",
    "6 letters, mid": "schmid",
    "6 letters, rare": "zdenka",
    "6 letters, none": "qwxzqy",
    "12 letters, common": "@t-online.de",
    "12 letters, rare": "wolfeschlege",
    "12 letters, none": "grubenschacht",
    "common trigrams, none": "annmail.comer",
    "two words, common": "jana müller",
    "two words, rare": "xaver ypsilanti",
    "name and place": "müller hamburg",
    "eight short words": "an be ce de em fi gu ha",
    "eight words": "anna maria jana lena müller schmidt gmail hamburg",
    "place, common": "hamburg",
    "place, rare": "buxtehude",
    "street": "beethovenweg",
    "postcode": "20259",
    "phone, beginning": "0171",
    "phone, fragment of 4": "4711",
    "phone, fragment of 6": "471147",
    "tag, common": "stammkunde",
    "tag, rare": "pressemuster",
    "tag and name": "groß",
    "order number": "#1042",
    "old rows, one name": "xylander",
    "old rows, two words": "kunigunde xylander",
}
REST_SECONDS = 0.25
SEARCH_GOAL = 3


class Searcher:
    """Each search is the list's whole answer: look-ups, a page, reasons, and total."""

    def __init__(self, rest: float = REST_SECONDS) -> None:
        self._rest = rest
        self._seconds: list[float] = []
        self._missed = 0
        self._enough = threading.Event()
        self._terms = itertools.cycle(TERMS.values())

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
        for _ in range(rounds * len(TERMS)):
            time.sleep(self._rest)
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
            while not self._enough.wait(self._rest):
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


def ours(**asked: Any) -> Callable[[], object]:
    from core.listing import Asked

    return lambda: _read(Asked(**asked))


def _read(asked: Asked) -> None:
    """Raises GaveUp for a list that shows what was quick instead of an answer."""
    from customers.listing import CUSTOMERS

    listing = CUSTOMERS.read(asked, user=_somebody())
    if listing.is_too_slow:
        raise GaveUp
    assert not listing.is_bad_cursor


def _somebody() -> Any:
    from accounts.models import User

    return User(kind="staff", role="agent", email="agent@desk.example")
