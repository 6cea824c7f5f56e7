"""What runs out: the broker's memory, the database's connections, its disk."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import psycopg
import redis

from shopdesk.launcher.servers import EmbeddedPostgres
from tests.faults.installation import Installation
from tests.waiting import wait_until

SEGMENT_BYTES = 16 * 1024 * 1024  # of the write-ahead log, unless initdb is told otherwise
NO_OLD_SEGMENTS = "wal_recycle=off"
NEXT_SEGMENT = "SELECT pg_logical_emit_message(false, '', 'full'), pg_switch_wal()"
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> ALL(%s)
"""


@contextmanager
def full_broker(installation: Installation) -> Iterator[None]:
    """Every command that would write is refused: the policy is to forget nothing by itself."""
    with redis.from_url(installation.redis.url) as broker:
        broker.config_set("maxmemory-policy", "noeviction")
        broker.config_set("maxmemory", "1")
        try:
            yield
        finally:
            broker.config_set("maxmemory", "0")


@contextmanager
def no_free_connection(installation: Installation) -> Iterator[None]:
    """The desk's own are ended, and whatever becomes free is taken at once."""
    enough = threading.Event()
    taker = threading.Thread(target=_take_all, args=[installation.postgres.url, enough])
    taker.start()
    try:
        yield
    finally:
        enough.set()
        taker.join()


def _take_all(url: str, enough: threading.Event) -> None:
    taken = [psycopg.connect(url, autocommit=True)]
    while not enough.is_set():
        try:
            taken.append(psycopg.connect(url))
        except psycopg.OperationalError:
            taken[0].execute(END_OTHERS, [[one.info.backend_pid for one in taken]])
            enough.wait(0.02)
    for connection in taken:
        connection.close()


@contextmanager
def full_disk(installation: Installation) -> Iterator[None]:
    """The database ends for want of a further segment of its log, and starts when there is room.

    To mount a small disk is root's alone. A limit on the size of files, which everybody may set,
    fails the same write in the same place, as "File too large" instead of "No space left".
    """
    postgres = installation.postgres
    postgres.stop(20)
    usual, postgres.without = postgres.without, [*postgres.without, NO_OLD_SEGMENTS]
    try:
        with _files_up_to(SEGMENT_BYTES - 1):
            postgres.start()
        wait_until(partial(_ends_for_want_of_room, postgres), what="the end of a full database")
        yield
    finally:
        postgres.without = usual
        postgres.stop()
        postgres.start()


@contextmanager
def _files_up_to(size: int) -> Iterator[None]:
    """For us and for what we start meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _ends_for_want_of_room(postgres: EmbeddedPostgres) -> bool:
    with suppress(psycopg.Error), psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(NEXT_SEGMENT)
    return not postgres.running().is_running()
