"""Customers who ask for a reset, one after the other, and what became of all of it.

Each has an address of their own and calls from one, opens the storefront's page over HTTP and sends
its form. Accepted is what was answered with a page that says so: from then on it must not be lost.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.installation import Installation
from tests.faults.reckoning import is_at_rest, perhaps_twice
from tests.faults.visitor import NoForm, Visitor

PAGE = "/account/recover/"
REST_SECONDS = 1.0
VISITORS = 3
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Tally:
    """`said`: how many of the doubled ones ShopDesk itself says may have been sent twice: SMTP
    cannot rule that out where a line or a worker was lost behind the text of a mail."""

    case: str
    accepted: int
    turned_away: int
    delivered: int
    doubled: int
    said: int
    seconds: float
    # What the case itself ended with, where it could not be played to its end.
    failure: str = ""

    @property
    def lost(self) -> int:
        return self.accepted - self.delivered

    @property
    def is_good(self) -> bool:
        """Nothing was lost or doubled in silence, and there was something to lose."""
        is_played = self.accepted > 0 and not self.failure
        return is_played and not self.lost and self.doubled == self.said


class Resets:
    """Asked for one after the other, until it is enough."""

    def __init__(
        self, installation: Installation, addresses: Iterator[str], *, rest: float = REST_SECONDS
    ) -> None:
        self._installation, self._addresses, self._rest = installation, addresses, rest
        self._first_mail = len(installation.sink.mails)
        self._enough, self._counting = threading.Event(), threading.Lock()
        self.accepted: list[str] = []
        self.turned_away = 0

    @contextmanager
    def coming_in(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._keep_asking) for _ in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in threads:
                thread.join()

    def _keep_asking(self) -> None:
        while not self._enough.wait(self._rest):
            with self._counting:
                address = next(self._addresses)
            self.ask(address)

    def ask(self, address: str) -> None:
        is_accepted = self._is_accepted(address)
        with self._counting:
            if is_accepted:
                self.accepted.append(address)
            else:
                self.turned_away += 1

    def _is_accepted(self, address: str) -> bool:
        try:
            return Visitor(self._installation.url).send(PAGE, email=address).status == 200
        except NoForm:
            return False

    def wait_for_the_last(self, seconds: float) -> None:
        """Until nothing is left to do; what has not come by then counts as lost."""
        deadline = time.monotonic() + seconds
        while not is_at_rest(self._installation) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)

    def tally(self, case: str, seconds: float) -> Tally:
        numbers: dict[str, list[str]] = defaultdict(list)
        for mail in self._installation.sink.mails[self._first_mail :]:
            numbers[str(mail["To"])].append(str(mail["Message-ID"]))
        twice = {address for address in self.accepted if len(numbers[address]) > 1}
        # Another number is another mail: not the one copy that a lost line may leave.
        copies = {address for address in twice if len(set(numbers[address])) == 1}
        return Tally(
            case,
            accepted=len(self.accepted),
            turned_away=self.turned_away,
            delivered=sum(bool(numbers[address]) for address in self.accepted),
            doubled=len(twice),
            said=len(copies & perhaps_twice(self._installation)),
            seconds=seconds,
        )
