"""What processes take: memory of one, processor time of a database server. Linux only."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Megabytes that the process and its children hold at this moment; 0.0 for one that has ended.

    What they share counts for each of them. Without the children where the kernel does not tell
    which they are (CONFIG_PROC_CHILDREN).
    """
    try:
        pages = int((PROC / f"{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    own = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    try:
        children = _children_of(pid)
    except OSError:
        return own
    return own + sum(map(memory_of, children))


def cpu_of_database(url: str) -> float:
    """Seconds of all its processes so far, also of those that have ended. 0.0 when not here."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert found is not None
        server = _parent_of(found[0])
    if not server:
        return 0.0
    return _cpu_of(server, ended=True) + sum(map(_cpu_of, _children_of(server)))


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in (PROC / f"{pid}/task/{pid}/children").read_text().split()]


def _parent_of(pid: int) -> int:
    """0 where no PostgreSQL of this machine has such a process."""
    try:
        if "postgres" not in (PROC / f"{pid}/comm").read_text():
            return 0
    except OSError:
        return 0
    return int(_stat(pid)[1])


def _cpu_of(pid: int, *, ended: bool = False) -> float:
    """Of the process, and of its children that have ended."""
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if ended else 13])) / TICKS


def _stat(pid: int) -> list[str]:
    """From the state on: the name before it, in parentheses, may hold anything."""
    return (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
