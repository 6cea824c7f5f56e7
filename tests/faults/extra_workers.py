"""Workers unlike those that the launcher starts: with more hands, more in store, more patience."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shopdesk.launcher.programs import worker
from shopdesk.launcher.supervisor import Program
from tests.faults.installation import Installation


def add_worker(
    installation: Installation,
    name: str,
    *options: str,
    queues: Sequence[str] = ("mail-now",),
    hands: int = 1,
    **intervals: str,
) -> None:
    """A part of that name; it ends by `kill_part`. `options` are Celery's."""
    command = worker(name, queues=",".join(queues), concurrency=hands, reload=False)
    program = Program(
        name=name,
        command=[*command, *options],
        log=log_of(installation, name),
        env=installation.environment | intervals,
    )
    installation.add_part(program)


def log_of(installation: Installation, name: str) -> Path:
    return installation.directory / "log" / f"{name}.log"
