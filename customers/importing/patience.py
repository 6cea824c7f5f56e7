"""How long a row of a file is waited for: some were made to be read for hours, and for nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from customers.importing.problems import FileRefused

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)


@contextmanager
def waiting(*, at_most: float) -> Iterator[None]:
    """So many seconds, for whatever is read meanwhile."""
    before = _ends_at.set(time.monotonic() + at_most)
    try:
        yield
    finally:
        _ends_at.reset(before)


def refuse_endless() -> None:
    """Asked wherever reading may go on and on without a row. Raises FileRefused."""
    if time.monotonic() > _ends_at.get():
        raise FileRefused("endless")
