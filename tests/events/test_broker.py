"""A page tells workers in passing: it neither fails nor waits when there is no broker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from kombu import Connection

from events import broker
from events.log import Happened, record, record_many
from events.models import Delivery
from tests.brokers import forget_connections, use_broker
from tests.events.conftest import Listener
from tests.events.servers import RedisDouble

if TYPE_CHECKING:
    from shop.models import Shop

TASK = "events.tasks.deliver"


@pytest.fixture
def redis(tmp_path: Any) -> Iterator[RedisDouble]:
    server = RedisDouble(tmp_path)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker.Rest, "until", 0.0)


@pytest.fixture
def own_broker(redis: RedisDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisDouble]:
    """This process publishes to a broker that the test may stop and start."""
    use_broker(monkeypatch, redis.url)
    yield redis
    forget_connections()


def test_a_worker_is_told_by_id(own_broker: RedisDouble) -> None:
    own_broker.start()

    assert broker.tell_worker(TASK, 7, queue="mail-now")
    with Connection(own_broker.url) as line:
        message = line.SimpleQueue("mail-now").get(timeout=5)
    assert (message.headers["task"], message.payload[0]) == (TASK, [7])


def test_a_broker_that_is_away_costs_next_to_nothing_and_is_then_left_alone(
    own_broker: RedisDouble,
) -> None:
    began = time.monotonic()
    assert not broker.tell_worker(TASK, 7, queue="mail-now")
    assert time.monotonic() - began < 1.5

    began = time.monotonic()
    assert not broker.tell_worker(TASK, 7, queue="mail-now")
    assert time.monotonic() - began < 0.05


def test_a_broker_that_does_not_answer_costs_one_time_out(own_broker: RedisDouble) -> None:
    own_broker.start()
    assert broker.tell_worker(TASK, 7, queue="mail-now")
    own_broker.pause(seconds=20)

    began = time.monotonic()
    assert not broker.tell_worker(TASK, 8, queue="mail-now")
    assert time.monotonic() - began < 3


def test_after_a_restart_the_first_click_gets_through(own_broker: RedisDouble) -> None:
    own_broker.start()
    assert broker.tell_worker(TASK, 7, queue="mail-now")
    own_broker.stop()
    own_broker.start()

    assert broker.tell_worker(TASK, 8, queue="mail-now")


@pytest.mark.django_db(transaction=True)
def test_what_nobody_could_be_told_of_is_left_to_the_sweep(
    own_broker: RedisDouble, shop: Shop, listener: Listener
) -> None:
    with transaction.atomic():
        record("shop.tested", shop)

    delivery = Delivery.objects.get()
    assert delivery.told_at is None
    assert list(Delivery.objects.untold()) == [delivery]


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_of_each_of_many(
    own_broker: RedisDouble, shop: Shop, listener: Listener
) -> None:
    own_broker.start()
    with transaction.atomic():
        record_many("shop.tested", [Happened(shop)] * 3)

    with Connection(own_broker.url) as line:
        queue = line.SimpleQueue("default")
        told = [queue.get(timeout=5).payload[0] for _message in range(3)]
    assert sorted(told) == [[one.pk] for one in Delivery.objects.order_by("pk")]
