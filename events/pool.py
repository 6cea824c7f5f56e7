"""The processes of a worker: celery's, without the way in which it forgets what one has just got.

A worker that is asked to end, or that loses its broker, strikes off whatever none of its processes
has said "accepted" to. What was handed to one a moment ago, whose answer is still on its way, is
then done by the process and heard of by nobody: the process waits thirty seconds to be heard before
it ends, and its message goes back to the broker, to be done again.
"""

from __future__ import annotations

from typing import Any

from celery.concurrency import asynpool, prefork


class AttentivePool(asynpool.AsynPool):
    def flush(self) -> None:
        """Strike off what no process has got; what one has got, it will do."""
        jobs: dict[int, Any] = self._cache  # type: ignore[attr-defined]  # its stubs lack it
        for job in jobs.values():
            process = job._write_to
            if process is not None and process._is_alive():
                job._accepted = True
        super().flush()


class AttentiveTaskPool(prefork.TaskPool):
    """By its place in `CELERY_WORKER_POOL`, every worker's."""

    Pool = AttentivePool
