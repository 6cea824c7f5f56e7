"""Deep in the stack a call costs what it costs elsewhere: nothing is asked of the kernel."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.conf import settings

from core.room import with_room

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTHS = 120
CALLS = 500


def at_depth(depth: int, look: Callable[[], int]) -> int:
    return at_depth(depth - 1, look) if depth else look()


def pages_asked_for_by_many_calls() -> int:
    """How many pages of memory the kernel gave meanwhile. A piece of stack is at least one."""

    def leaf() -> None:
        pass

    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def most_pages() -> int:
    return max(at_depth(depth, pages_asked_for_by_many_calls) for depth in range(DEPTHS))


def test_with_room_no_depth_is_dear() -> None:
    with ThreadPoolExecutor(1) as beside:  # a thread has a stack of its own
        assert beside.submit(with_room(most_pages)).result() < CALLS / 10


def test_all_of_a_page_runs_within_it() -> None:
    assert settings.MIDDLEWARE[0] == "core.room.room_middleware"
