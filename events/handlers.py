"""Who acts on which event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from events.models import Event

Handle = Callable[["Event"], None]


@dataclass(frozen=True)
class Handler:
    """A function that bears a repeat, re-reads state, and quietly does nothing when it is late."""

    name: str
    queue: str
    handle: Handle


class NameTaken(Exception):
    """Two handlers of one name: what waits for one would be given to the other."""


_by_event: dict[str, list[Handler]] = defaultdict(list)
_by_name: dict[str, Handler] = {}


def on(*event_names: str, name: str, queue: str = "default") -> Callable[[Handle], Handle]:
    """Have a function called, at least once, after each event of these names has been committed.

    `name` stands in the database, with what waits: it outlives the function's own name and place.
    """
    if name in _by_name:
        raise NameTaken(name)

    def register(handle: Handle) -> Handle:
        handler = Handler(name, queue, handle)
        _by_name[handler.name] = handler
        for event_name in event_names:
            _by_event[event_name].append(handler)
        return handle

    return register


def handlers_of(event_name: str) -> list[Handler]:
    return list(_by_event.get(event_name, ()))


def handler_named(name: str) -> Handler | None:
    """None for a handler that a newer or older release knows and this one does not."""
    return _by_name.get(name)
