"""For load balancers and monitors: is the process alive, and can it serve pages?"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError

from core.views import public

if TYPE_CHECKING:
    from django.http import HttpRequest

DATABASE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Migrations:
    """Applied migrations stay applied: once seen, this process need not look again."""

    seen = False


@public
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that an outage elsewhere restarts nobody."""
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@public
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when pages can be served. The broker is told of, not required: nothing is lost."""
    states = {"database": "away", "migrations": "unknown"}
    try:
        _reach_the_database()
        states["database"] = "answers"
        states["migrations"] = "applied" if migrations_are_applied() else "missing"
    except DatabaseError as error:
        log.warning("readiness.database_away", error=type(error).__name__)
    is_ready = states["migrations"] == "applied"
    return JsonResponse(
        {"ready": is_ready, **states, "broker": "answers" if broker_answers() else "away"},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def _reach_the_database() -> None:
    """Whoever asks wants an answer at once; pages wait longer for a connection of the pool."""
    pool: Any = getattr(connection, "pool", None) if connection.connection is None else None
    if pool is not None:
        with connection.wrap_database_errors:
            pool.open()
            pool.putconn(pool.getconn(timeout=DATABASE_SECONDS))
    connection.ensure_connection()


def migrations_are_applied() -> bool:
    """No migration of this release waits."""
    if not Migrations.seen:
        executor = MigrationExecutor(connection)
        Migrations.seen = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return Migrations.seen


def broker_answers() -> bool:
    """Asked once, within the broker's connect time-out."""
    try:
        with current_app.connection_for_write(
            connect_timeout=settings.BROKER_CONNECT_TIMEOUT
        ) as broker:
            broker.ensure_connection(max_retries=0, timeout=ceil(settings.BROKER_CONNECT_TIMEOUT))
    except (BrokerError, OSError):
        return False
    return True
