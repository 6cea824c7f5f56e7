"""Handlers that only tests know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from events import handlers
from events.models import Event
from shop.models import Shop


@dataclass
class Listener:
    """A handler that notes what it was called with, and fails as often as it is told to."""

    heard: list[Event] = field(default_factory=list)
    fails: int = 0
    before: Callable[[], None] | None = None

    def __call__(self, event: Event) -> None:
        if self.before:
            self.before()
        if self.fails:
            self.fails -= 1
            raise ConnectionError("jana@example.de is a secret")
        self.heard.append(event)


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """Listens to `shop.tested` on the queue "default"."""
    listener = Listener()
    handler = handlers.Handler("tests.listener", "default", listener)
    monkeypatch.setitem(handlers._by_event, "shop.tested", [handler])
    monkeypatch.setitem(handlers._by_name, handler.name, handler)
    return listener


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop.current()
