"""Whom mails went to, as the pages of mails show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from core.slots import Slot

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from notifications.models import Mail

Marks = Callable[[Iterable[str]], "Mapping[str, SafeString]"]

# Asked for all addresses of a page at once: what to show beside those that somebody knows.
recipient_marks: Slot[Marks] = Slot("marks beside the addresses of mails")


def with_marks(mails: Iterable[Mail]) -> list[Mail]:
    """The mails, each with what is known of its address; one query for each who may know."""
    shown = list(mails)
    for marks_of in recipient_marks.entries():
        marks = marks_of({mail.to for mail in shown if mail.to})
        for mail in shown:
            mail.mark = marks.get(mail.to, mail.mark)
    return shown
