"""Kinds of mail. Each app declares its own in `mails.py` and keeps their texts beside its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from notifications.models import Mail

Context = Callable[["Mail"], dict[str, Any] | None]
CountAnother = Callable[["Mail"], int]


@dataclass(frozen=True)
class MailKind:
    """What a kind of mail needs to be written and sent.

    Its texts are `templates/<group>/mail/<name>.<en|de|de-informal>.md`. `context` is called in
    the worker, just before sending: it reads the state of the world through `mail.about()`,
    derives links that are stored nowhere, and returns None when the world moved on and the mail
    is better not sent. Of a kind that carries a secret nothing but the subject line is kept.
    """

    name: str
    group: str
    context: Context
    queue: str = "default"
    carries_secret: bool = False
    # On timelines the mail's subject itself says how far the mail is.
    is_told_by_subject: bool = False
    # What staff call it, e.g. _("Password reset").
    title: _StrOrPromise = ""
    # Of kinds of which a mailbox gets only so many: counts one more that leaves now, in the
    # transaction of whoever tries it again. Answers 0, or counts nothing: the seconds to wait.
    count_another: CountAnother | None = None


class UnknownKind(Exception):
    """No app has declared a mail of this name."""


class TooSoon(Exception):
    """A mailbox gets only so many mails of this kind; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


_by_name: dict[str, MailKind] = {}


def register(kind: MailKind) -> MailKind:
    _by_name[kind.name] = kind
    return kind


def kind_named(name: str) -> MailKind | None:
    """None for a kind that a newer or older release knows and this one does not."""
    return _by_name.get(name)


def registered_kind(name: str) -> MailKind:
    """The kind of this name. Raises UnknownKind."""
    if name not in _by_name:
        raise UnknownKind(name)
    return _by_name[name]


def title_of(name: str) -> str:
    """What staff call the kind; its name where no app gave it a title."""
    kind = kind_named(name)
    return str(kind.title) if kind and kind.title else name


def count_another(mail: Mail) -> None:
    """Count a mail that somebody wants tried again, where its kind is counted. Raises TooSoon."""
    kind = kind_named(mail.kind)
    seconds = kind.count_another(mail) if kind and kind.count_another else 0
    if seconds:
        raise TooSoon(seconds)
