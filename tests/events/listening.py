"""A handler for a worker process of its own."""

from __future__ import annotations

from events.handlers import on
from events.models import Event


@on("shop.heard_elsewhere", name="tests.hear")
def hear(_event: Event) -> None:
    """To be called is all it does; the delivery keeps that it was."""
