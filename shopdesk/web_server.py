"""How gunicorn serves pages: `gunicorn -c python:shopdesk.web_server shopdesk.wsgi`.

Sync workers: one request each, which measured at twice the pages of everything else. They need a
proxy in front that takes slow requests in whole and slow readers' answers off them.
"""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def on_starting(_arbiter: Any) -> None:
    """Figures of processes of an earlier start would be counted for ever."""
    if folder := env.str("PROMETHEUS_MULTIPROC_DIR", ""):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True, exist_ok=True)


def child_exit(_arbiter: Any, worker: Any) -> None:
    """What a gone process was doing just now no longer counts."""
    if env.str("PROMETHEUS_MULTIPROC_DIR", ""):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # a typed library with a gap
