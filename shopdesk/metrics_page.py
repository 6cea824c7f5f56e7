"""/metrics, in Prometheus's text format. For machines that know the token."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from core.views import public
from shopdesk.figures import Figures, ask
from shopdesk.metrics import counted

if TYPE_CHECKING:
    from django.http import HttpRequest

TEXT = "text/plain; version=0.0.4; charset=utf-8"


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set, 401 without the right one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").encode()
    if not secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    text = generate_latest(counted()) + generate_latest(_Now(ask()))
    return HttpResponse(text, content_type=TEXT)


class _Now(CollectorRegistry):
    """What was asked of the database just now, as a registry tells it."""

    def __init__(self, figures: Figures) -> None:
        super().__init__()
        self.figures = figures

    def collect(self) -> Iterable[Metric]:
        yield from _queues(self.figures)
        yield _by("shopdesk_mails", "Mails by state", "state", self.figures.mails)
        lately = self.figures.mails_lately
        yield _by("shopdesk_mails_last_day", "Mails of one day, by outcome", "state", lately)
        yield _by("shopdesk_deliveries", "Tasks by state", "state", self.figures.deliveries)
        yield _by("shopdesk_imports", "Imports by stage", "stage", self.figures.imports)
        yield from _outside(self.figures)


def _queues(figures: Figures) -> Iterator[Metric]:
    waiting = {queue.name: queue.waiting for queue in figures.queues}
    yield _by("shopdesk_waiting", "Rows that wait for a worker", "queue", waiting)
    ages = {queue.name: queue.overdue_seconds for queue in figures.queues}
    yield _by("shopdesk_oldest_waiting_seconds", "How long the oldest is due", "queue", ages)
    if figures.broker_answers:
        workers = {queue.name: queue.workers or 0 for queue in figures.queues}
        yield _by("shopdesk_workers", "Workers felt in the last 30 s", "queue", workers)
        yield _one("shopdesk_clock", "1 while beat ticks", figures.clock_ticks)


def _outside(figures: Figures) -> Iterator[Metric]:
    since = figures.mail_server_away_since
    away = (timezone.now() - since).total_seconds() if since else 0.0
    yield _one("shopdesk_mail_server_away_seconds", "0 while it is in reach", away)
    yield _one("shopdesk_broker", "1 while Redis answers", figures.broker_answers)


def _by(name: str, words: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))
