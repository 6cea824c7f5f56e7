"""What workers do after an event, in words of whoever runs the shop. Each app names its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_words: dict[str, _StrPromise] = {}


def name_tasks(words: Mapping[str, _StrPromise]) -> None:
    """By the names given to `events.handlers.on`; called in `AppConfig.ready`."""
    _words.update(words)


def task_in_words(handler: str) -> str:
    """In the reader's language; what another release calls its tasks is just a task."""
    return str(_words.get(handler) or _("A task of ShopDesk"))


def named_tasks() -> frozenset[str]:
    return frozenset(_words)
