"""Counting requests and queries as they pass; for /metrics and for Settings › Health.

Each process counts its own. gunicorn's workers share one folder (PROMETHEUS_MULTIPROC_DIR), so that
whichever of them is asked answers for all. Named by view: no path, no person.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isinf
from typing import TYPE_CHECKING, Any

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NO_VIEW = "none"
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
own = CollectorRegistry()
REQUESTS = Counter(
    "shopdesk_requests", "Requests answered, by view and status", ["view", "status"], registry=own
)
REQUEST_SECONDS = Histogram(
    "shopdesk_request_seconds", "How long they took", ["view"], buckets=SECONDS, registry=own
)
QUERIES = Counter("shopdesk_queries", "Statements sent to PostgreSQL", ["view"], registry=own)
QUERY_SECONDS = Counter(
    "shopdesk_query_seconds", "How long PostgreSQL took for them", ["view"], registry=own
)


class MetricsMiddleware:
    """Outermost but for the request's id: what other middleware costs counts too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        queries = Queries()
        started = time.perf_counter()
        with connection.execute_wrapper(queries):
            response = self.get_response(request)
        view = view_of(request)
        REQUESTS.labels(view, f"{response.status_code // 100}xx").inc()
        REQUEST_SECONDS.labels(view).observe(time.perf_counter() - started)
        QUERIES.labels(view).inc(queries.count)
        QUERY_SECONDS.labels(view).inc(queries.seconds)
        return response


class Queries:
    """How many, and how long, of one request."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Any, *statement: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


def view_of(request: HttpRequest) -> str:
    """The page's name, of a closed list; whatever somebody makes up is one and the same."""
    match = getattr(request, "resolver_match", None)
    return (match.url_name if match else None) or NO_VIEW


def counted() -> CollectorRegistry:
    """All that this server counted, whichever of its processes is asked."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return own
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # a typed library with a gap
    return shared


@dataclass(frozen=True)
class Pace:
    """How quick a page is; `p95` is the upper edge of the step that holds it."""

    view: str
    count: int
    mean: float
    p95: float

    @property
    def mean_ms(self) -> int:
        return round(self.mean * 1000)

    @property
    def p95_ms(self) -> int | None:
        """None beyond the last step."""
        return None if isinf(self.p95) else round(self.p95 * 1000)


def paces() -> list[Pace]:
    """Every page that was asked for since this server started, slowest first."""
    steps: dict[str, list[tuple[float, float]]] = {}
    totals: dict[str, float] = {}
    for family in counted().collect():
        if family.name != "shopdesk_request_seconds":
            continue
        for sample in family.samples:
            view = sample.labels["view"]
            if sample.name.endswith("_bucket"):
                steps.setdefault(view, []).append((float(sample.labels["le"]), sample.value))
            elif sample.name.endswith("_sum"):
                totals[view] = sample.value
    found = [_pace(view, sorted(known), totals[view]) for view, known in steps.items()]
    return sorted(found, key=lambda pace: (-pace.p95, -pace.mean))


def _pace(view: str, steps: list[tuple[float, float]], total: float) -> Pace:
    """From a histogram's growing counts."""
    count = steps[-1][1]
    p95 = next((edge for edge, below in steps if below >= 0.95 * count), inf)
    return Pace(view, int(count), total / count if count else 0.0, p95)
