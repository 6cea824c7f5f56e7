"""The second process that reads a file: `python -m customers.importing.second HANDLE`.

The handle is that of an inherited connection. What comes over it, ours has pickled: first how to
read, then batches of groups, each answered by what they come to. It has no connection to the
database, and ends with the one that it was given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

import django


def main(handle: int) -> None:
    django.setup()
    connection: Connection[Any, Any] = Connection(handle)
    connection.send("there")
    read = connection.recv()
    # So that neither side ever waits for the other to listen.
    given: SimpleQueue[Any] = SimpleQueue()
    answers: SimpleQueue[Any] = SimpleQueue()
    _beside(lambda: given.put(connection.recv()))
    _beside(lambda: connection.send(answers.get()))
    while True:
        answers.put([read(group) for group in given.get()])


def _beside(work: Callable[[], None]) -> None:
    Thread(target=_again_and_again, args=[work], daemon=True).start()


def _again_and_again(work: Callable[[], None]) -> None:
    """Until nobody listens any more: then all of it ends."""
    try:
        while True:
            work()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
