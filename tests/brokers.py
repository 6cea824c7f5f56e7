"""Brokers of a test's own: where this process publishes to, and what lies there."""

from __future__ import annotations

from functools import partial

import pytest
from celery import current_app
from kombu import pools
from kombu.transport import memory

from events import broker, telling


def use_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(current_app.conf, "broker_url", url)
    monkeypatch.setitem(current_app.conf, "broker_write_url", url)
    forget_connections()


def forget_connections() -> None:
    current_app.pool.force_close_all()
    current_app.__dict__.pop("pool", None)
    current_app._pool = None
    current_app.amqp.__dict__.pop("producer_pool", None)
    current_app.amqp._producer_pool = None
    pools.reset()


def use_empty_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in this process, of which no other test knows."""
    lose_everything()
    monkeypatch.setattr(broker.Rest, "until", 0.0)
    monkeypatch.setattr(telling.Quiet, "until", {})
    use_broker(monkeypatch, "memory://localhost/")


def lose_everything() -> None:
    """As a broker does that was started anew."""
    memory.Channel.queues.clear()


def take_one(queue: str) -> int | None:
    """Take a message as a worker does: the id that it carries; None when there is none."""
    with current_app.connection_for_read() as line, line.SimpleQueue(queue, no_ack=True) as told:
        return int(told.get_nowait().payload[0][0]) if told.qsize() else None


def told_of(queue: str) -> list[int]:
    """Take all messages of that queue: the ids that they carry, in order."""
    return list(iter(partial(take_one, queue), None))
