"""How gunicorn serves pages: `gunicorn -c python:shopdesk.web_server shopdesk.wsgi`.

Sync workers: one request each, which measured at twice the pages of everything else. They need a
proxy in front that takes slow requests in whole and slow readers' answers off them.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import sys
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gunicorn.glogging import Logger

from shopdesk.environment import env
from shopdesk.logs import logging_config

if TYPE_CHECKING:
    from gunicorn.config import Config


class StructuredLogger(Logger):  # type: ignore[misc]  # gunicorn is not typed
    """Gunicorn's own lines leave as ours do: JSON, without addresses, tokens and query strings."""

    def setup(self, _cfg: Config) -> None:
        logging_config(debug=False, level=env.str("LOG_LEVEL", "INFO"))
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)


# ── What gunicorn reads, by its names ───────────────────────────────────────────────────────────
bind = env.str("WEB_BIND", "127.0.0.1:8000")
workers = env.int("WEB_WORKERS", 4)
worker_class = "sync"
# A page that takes longer has hung; its worker is replaced.
timeout = 60
graceful_timeout = 25
# Whatever a library leaks is gone after so many requests, and never for all workers at once.
max_requests = 5000
max_requests_jitter = 1000
# No access log: paths carry the tokens of mailed links.
accesslog = None
logger_class = StructuredLogger
# The application reads the proxy's headers itself, as far as PROXY_COUNT says.
forwarded_allow_ips = ""
# The longest line is an import's filter or a search; Django has its own limits below these.
limit_request_line = 8190
limit_request_fields = 60
# Workers say that they live by touching a file: in memory, where a slow disk ends nobody.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108 -- gunicorn makes a private file in it
# Its remote control would need a directory that can be written.
control_socket_disable = True

# Locks of this process: closing the file would let go of its slot.
_held: list[IO[str]] = []


def when_ready(_arbiter: Any) -> None:
    """Figures of an earlier start would be counted for ever; the address is ours, so it is over."""
    if folder := env.str("PROMETHEUS_MULTIPROC_DIR", ""):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True, exist_ok=True)


def post_fork(_arbiter: Any, _worker: Any) -> None:
    """A worker goes on in the files of one that is gone; named by process they would pile up.

    Until this ends the worker is deaf to signals: it imports as little as can be.
    """
    if folder := env.str("PROMETHEUS_MULTIPROC_DIR", ""):
        # Before the application, and with it its counters, is imported.
        from prometheus_client import values

        slot = claim_slot(Path(folder))
        values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]  # a typed library with a gap


def post_worker_init(worker: Any) -> None:
    """Whoever sends a long file says meanwhile that it has not hung."""
    from core.downloads import signs_of_life

    signs_of_life.append(worker.notify)


def claim_slot(folder: Path) -> int:
    """The lowest number that no living process holds; held until this process ends."""
    for slot in count(1):
        held = (folder / f"slot-{slot}").open("w")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
        else:
            _held.append(held)
            return slot
    raise AssertionError
