"""A worker outlives its broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kombu import Connection, Consumer, Exchange, Queue

from tests.events.servers import RedisDouble


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisDouble]:
    server = RedisDouble(tmp_path)
    server.start()
    yield server
    server.stop()


def with_a_message_in_hand(line: Connection) -> Connection:
    """As a worker's: one channel for being told by name, one for work. A message is received,
    not acknowledged, and the next is waited for."""
    queue = line.SimpleQueue("work")
    queue.put({"id": 7})
    consumed = line.default_channel
    consumed.basic_consume("work", no_ack=False, callback=lambda _message: None, consumer_tag="me")
    by_name = Queue("me.pidbox", Exchange("pidbox", type="fanout"), auto_delete=True)
    Consumer(line.channel(), [by_name], on_message=lambda _message: None).consume()
    while not consumed.qos._delivered:
        line.drain_events(timeout=5)
    with suppress(TimeoutError):
        while True:
            line.drain_events(timeout=0.2)
    return line


def test_a_broker_that_dies_while_a_message_is_in_hand_ends_no_worker(redis: RedisDouble) -> None:
    line = with_a_message_in_hand(Connection(redis.url))
    redis.stop()

    # What celery.worker.consumer does when the line breaks.
    line.collect(socket_timeout=0.1)
    line.close()

    assert not line.connected


def test_what_is_in_hand_when_a_worker_leaves_goes_back(redis: RedisDouble) -> None:
    with_a_message_in_hand(Connection(redis.url)).close()

    with Connection(redis.url) as line:
        assert line.SimpleQueue("work").get(timeout=5).payload == {"id": 7}
