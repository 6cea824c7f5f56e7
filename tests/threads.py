"""Real threads that do one thing at the same moment, each on a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection, transaction

from tests.waiting import wait_until, waiting_connections

THREADS = 8


def all_at_once(act: Callable[[int], Any], *, threads: int = THREADS) -> list[Any]:
    """Run `act(number)` in threads that start together; what each returned or raised."""
    start = Barrier(threads)
    results: list[Any] = [None] * threads

    def run(number: int) -> None:
        try:
            start.wait(timeout=20)
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 -- the test looks at what each was told
            results[number] = error
        finally:
            connection.close()

    running = [Thread(target=run, args=[number]) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)
    return results


def beside(
    act: Callable[[], Any],
    other: Callable[[], Any],
    *,
    meanwhile: Callable[[], Any] = lambda: None,
) -> Any:
    """Run `other` while `act` has happened and is not committed yet; `other` has to wait for it.

    What happens `meanwhile` is committed with `act`.
    """
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(other())
        finally:
            connection.close()

    running = Thread(target=run)
    with transaction.atomic():
        act()
        running.start()
        wait_until(waiting_connections, what="the waiting of the other one")
        meanwhile()
    running.join(timeout=20)
    return answers[0]
