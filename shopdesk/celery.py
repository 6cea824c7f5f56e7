"""The Celery application. Tasks carry ids only; what they work on is in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery

from events.transport import use_it
from events.workers import SweepOnConnect
from shopdesk.pulses import WorkerPulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopdesk.settings")

use_it()
app = Celery("shopdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(SweepOnConnect)
app.steps["worker"].add(WorkerPulse)
