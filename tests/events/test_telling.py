"""However much waits, workers go on until nothing does, and the broker holds little of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.broker import messages_in
from events.leases import LeasedQuerySet
from events.log import Happened, record_many
from events.models import Delivery
from events.tasks import deliver, sweep
from events.telling import fill
from tests.brokers import lose_everything, take_one, told_of, use_broker
from tests.events.conftest import Listener
from tests.threads import all_at_once

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from shop.models import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_broker", "small_batches")]
BATCH = 4


@pytest.fixture
def small_batches(settings: SettingsWrapper) -> None:
    settings.TELL_BATCH = BATCH


def waiting(shop: Shop, count: int, *, handler: str = "tests.listener") -> list[Delivery]:
    """Deliveries that are due, and of which nobody was told."""
    with transaction.atomic():
        record_many("shop.tested", [Happened(shop)] * count)
    lose_everything()
    new = Delivery.objects.order_by("-pk")[:count]
    Delivery.objects.filter(pk__in=[one.pk for one in new]).update(told_at=None, handler=handler)
    return list(new)


def work(*, at_most: int = 1000) -> int:
    """A worker at the queue, until it is empty: how many messages it held at most."""
    most = 0
    for _message in range(at_most):
        most = max(most, messages_in("default") or 0)
        told = take_one("default")
        if told is None:
            break
        deliver(told)
    return most


def test_a_batch_leads_to_the_next_until_nothing_waits(shop: Shop, listener: Listener) -> None:
    waiting(shop, 30)

    assert fill("default") == BATCH
    assert work() <= 2 * BATCH
    assert len(listener.heard) == 30
    assert not Delivery.objects.open().exists()


def test_a_queue_that_holds_enough_is_left_alone(shop: Shop, listener: Listener) -> None:
    waiting(shop, 30)
    fill("default")

    assert fill("default") is None
    assert messages_in("default") == BATCH


def test_the_sweep_adds_nothing_to_a_full_queue(shop: Shop, listener: Listener) -> None:
    waiting(shop, 30)

    assert [sweep() for _minute in range(4)] == [BATCH, BATCH, 0, 0]
    assert Delivery.objects.untold().count() == 30 - 2 * BATCH


def test_what_was_due_first_comes_first(shop: Shop, listener: Listener) -> None:
    rows = waiting(shop, 3)
    for age, row in enumerate(rows):
        due_at = timezone.now() - timedelta(minutes=age)
        Delivery.objects.filter(pk=row.pk).update(due_at=due_at)
    fill("default")

    assert told_of("default") == [row.pk for row in reversed(rows)]


def test_an_emptied_broker_is_filled_by_the_sweep(
    shop: Shop, listener: Listener, settings: SettingsWrapper
) -> None:
    settings.RETELL_SECONDS = 0
    waiting(shop, 30)
    fill("default")
    work(at_most=10)
    lose_everything()
    assert work() == 0

    sweep(everything=True)
    work()
    assert len(listener.heard) == 30


def test_what_was_lost_waits_behind_no_backlog(shop: Shop, listener: Listener) -> None:
    (lost,) = waiting(shop, 1)
    Delivery.objects.update(told_at=timezone.now() - timedelta(minutes=5))
    waiting(shop, 30)
    fill("default")

    assert lost.pk in told_of("default")


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_ask_at_once_each_tells_of_others(shop: Shop, listener: Listener) -> None:
    waiting(shop, 30)
    all_at_once(lambda _number: fill("default"))

    told = told_of("default")
    assert len(told) >= BATCH
    assert len(set(told)) == len(told)
    assert Delivery.objects.untold().count() == 30 - len(told)


def test_without_a_broker_nothing_is_marked_as_told(
    shop: Shop, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_rest = waiting(shop, 3)
    use_broker(monkeypatch, "redis://127.0.0.1:1/0")
    deliver(first.pk)

    assert listener.heard == [first.event]
    assert Delivery.objects.untold().count() == 2


def test_rows_that_nobody_can_work_on_do_not_keep_workers_busy(
    shop: Shop, listener: Listener
) -> None:
    unknown = waiting(shop, 30, handler="of.another.release")
    deliver(unknown[0].pk)

    assert told_of("default") == []


@pytest.mark.parametrize("which", ["untold", "told long ago"])
def test_the_next_rows_are_read_from_the_index_in_its_order(
    which: str, shop: Shop, listener: Listener
) -> None:
    record_many("shop.tested", [Happened(shop)] * 3000)
    Delivery.objects.filter(pk__gt=Delivery.objects.order_by("pk")[1000].pk).update(told_at=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_delivery")
    rows: LeasedQuerySet[Delivery] = Delivery.objects.filter(queue_name="default")
    now = timezone.now()
    plan = (rows.untold() if which == "untold" else rows.told_before(now))[:BATCH].explain()

    assert "Index Scan using delivery_waiting" in plan
    assert "Sort" not in plan
