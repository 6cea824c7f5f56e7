"""Who acted, by name: looked up in bulk, by the apps that know the people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from events.models import Event

LookUp = Callable[[set[int]], dict[int, str]]

_look_ups: dict[str, LookUp] = {}


def register(label: str, look_up: LookUp) -> None:
    """Teach the log the names behind a label such as "accounts.user": one query for many ids."""
    _look_ups[label] = look_up


class Actors:
    """The names of all who acted in some events: one query per kind of actor."""

    def __init__(self, events: Iterable[Event]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for event in events:
            if event.actor_id is not None:
                wanted[event.actor_type].add(event.actor_id)
        self._names = {
            label: _look_ups[label](ids) for label, ids in wanted.items() if label in _look_ups
        }

    def name_of(self, event: Event) -> str:
        """The actor's name; empty when ShopDesk acted by itself."""
        if event.actor_id is None:
            return ""
        return self._names.get(event.actor_type, {}).get(event.actor_id) or _("Somebody")
