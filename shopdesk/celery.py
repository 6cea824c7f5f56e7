"""The Celery application. Tasks carry ids only; what they work on is in PostgreSQL."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

from core.room import with_room
from events.transport import use_it
from events.workers import SweepOnConnect
from shopdesk.pulses import WorkerPulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdesk.settings")


class RoomyTask(Task[Any, Any]):
    """A task in one large piece of the interpreter's stack."""

    @with_room
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


use_it()
app = Celery("shopdesk", task_cls=RoomyTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(SweepOnConnect)
app.steps["worker"].add(WorkerPulse)
