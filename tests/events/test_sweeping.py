"""The sweep: workers are told again of what waits, each queue and each row in its turn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from events.log import Happened, record, record_many
from events.models import Delivery
from events.tasks import sweep
from tests.events.conftest import Listener

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from shop.models import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_broker")]
MINUTE = timedelta(minutes=1)


def test_it_tells_of_what_nobody_was_told_of_lately(shop: Shop, listener: Listener) -> None:
    now = timezone.now()
    rows = [
        {"told_at": None},
        {"told_at": now - 2 * MINUTE},
        {"told_at": now},
        {"told_at": None, "due_at": now + MINUTE},
        {"told_at": None, "leased_until": now + MINUTE},
        {"told_at": None, "done_at": now},
        {"told_at": None, "given_up_at": now},
    ]
    for row in rows:
        event = record("shop.tested", shop)
        Delivery.objects.filter(event=event).update(**row)

    assert (sweep(), sweep()) == (2, 0)
    assert sweep(everything=True) == 3


def test_a_long_queue_takes_nothing_from_a_short_one(
    shop: Shop, listener: Listener, settings: SettingsWrapper
) -> None:
    settings.TELL_BATCH = 3
    record_many("shop.tested", [Happened(shop)] * 8)
    older = timezone.now() - 5 * MINUTE
    Delivery.objects.update(queue_name="bulk", due_at=older, told_at=older)
    reset = record("shop.tested", shop).deliveries.get()
    Delivery.objects.filter(pk=reset.pk).update(queue_name="mail-now", told_at=None)

    assert sweep() == 3 + 1
    reset.refresh_from_db()
    assert reset.told_at is not None


def test_rows_that_nobody_can_work_on_hold_up_nothing_behind_them(
    shop: Shop, listener: Listener, settings: SettingsWrapper
) -> None:
    settings.TELL_BATCH = 3
    record_many("shop.tested", [Happened(shop)] * 4)
    earlier = timezone.now() - 9 * MINUTE
    Delivery.objects.update(handler="of.another.release", due_at=earlier, told_at=earlier)
    good = record("shop.tested", shop).deliveries.get()
    told_at = earlier + MINUTE
    Delivery.objects.filter(pk=good.pk).update(due_at=told_at, told_at=told_at)

    sweep(everything=True)
    sweep(everything=True)
    good.refresh_from_db()
    assert good.told_at > told_at
