"""What a worker does as soon as it has a broker: look for everything that waits.

Beat asks for a sweep each minute, through the broker. Whatever was asked for while the broker was
away or lost its memory is found here, at the moment a worker has a line again.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import bootsteps

log = structlog.get_logger(__name__)


class SweepOnConnect(bootsteps.StartStopStep):
    """Runs when a worker starts, and again whenever it has found the broker back."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Ask for each sweep of the schedule, of everything that is due. Never raises."""
        entries = consumer.app.conf.beat_schedule.values()
        sweeps = [entry for entry in entries if entry["task"].endswith(".sweep")]
        try:
            with consumer.app.connection_for_write() as connection:
                for entry in sweeps:
                    consumer.app.send_task(
                        entry["task"],
                        kwargs={"everything": True},
                        connection=connection,
                        retry=False,
                        ignore_result=True,
                        **entry.get("options", {}),
                    )
        except Exception as error:  # noqa: BLE001 -- beat's next sweep finds it too
            log.warning("broker.unreachable", error=type(error).__name__)
