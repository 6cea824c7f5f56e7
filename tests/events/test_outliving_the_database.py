"""A database that restarts under a handler costs the delivery a pause, and not its whole lease."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from events.log import record
from events.models import Delivery
from events.tasks import deliver
from shop.models import Shop
from tests.events.conftest import Listener

AWAY_SECONDS = 0.6


@pytest.mark.django_db(transaction=True)
def test_what_a_restart_interrupts_is_soon_done_by_somebody(shop: Shop, listener: Listener) -> None:
    with transaction.atomic():
        (delivery,) = record("shop.tested", shop).deliveries.all()
    back: list[threading.Timer] = []
    listener.before = lambda: back.append(_restart())
    deliver(delivery.pk)
    for timer in back:
        timer.join()

    delivery.refresh_from_db()
    assert (delivery.lease, delivery.leased_until, delivery.attempts) == (None, None, 1)
    assert delivery.due_at <= timezone.now() + timedelta(seconds=10)
    listener.before = None
    Delivery.objects.update(due_at=timezone.now())
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.done_at is not None


def _restart() -> threading.Timer:
    """Everybody loses their line, and nobody gets another for a while."""
    _say("ALTER DATABASE {} ALLOW_CONNECTIONS false")()
    _say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {literal}")()
    timer = threading.Timer(AWAY_SECONDS, _say("ALTER DATABASE {} ALLOW_CONNECTIONS true"))
    timer.start()
    return timer


def _say(statement: str) -> Callable[[], None]:
    name = connection.settings_dict["NAME"]
    elsewhere = {**connection.get_connection_params(), "dbname": "postgres"}
    said = sql.SQL(statement).format(sql.Identifier(name), literal=sql.Literal(name))

    def say() -> None:
        with psycopg.connect(**elsewhere, autocommit=True) as other:
            other.execute(said)

    return say
