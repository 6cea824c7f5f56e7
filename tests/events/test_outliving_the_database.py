"""A database that restarts under a handler costs the delivery a pause, and not its whole lease."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from events.log import record
from events.models import Delivery
from events.tasks import deliver
from shop.models import Shop
from tests.events.conftest import Listener
from tests.restarting import restart_database


@pytest.mark.django_db(transaction=True)
def test_what_a_restart_interrupts_is_soon_done_by_somebody(shop: Shop, listener: Listener) -> None:
    with transaction.atomic():
        (delivery,) = record("shop.tested", shop).deliveries.all()
    back: list[threading.Timer] = []
    listener.before = lambda: back.append(restart_database())
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
