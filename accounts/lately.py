"""What happened to a colleague's sign-in lately: they alone know what was not them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import words
from events.actors import Actors
from events.models import Event, label_of

SHOWN = 8


@dataclass(frozen=True)
class Happening:
    """One line: what, when, and who did it where it was somebody else."""

    text: str
    at: datetime
    by: str


def lately(user: User) -> list[Happening]:
    """The newest events of the user's own sign-in; two queries at most."""
    theirs = Event.objects.filter(subject_type=label_of(user), subject_id=user.pk, name__in=WORDS)
    events = list(theirs.order_by("-id")[:SHOWN])
    actors = Actors(event for event in events if event.actor_id != user.pk)
    return [
        Happening(
            text=WORDS[event.name](event.plain),
            at=event.at,
            by=actors.name_of(event) if event.actor_id != user.pk else "",
        )
        for event in events
    ]


def ended(plain: dict[str, Any]) -> str:
    count = int(plain.get("count", 1))
    sentence = ngettext(
        "%(count)d device was signed out", "%(count)d devices were signed out", count
    )
    return sentence % {"count": count}


def exported(plain: dict[str, Any]) -> str:
    count = int(plain.get("rows", 0))
    sentence = ngettext("%(count)s customer exported", "%(count)s customers exported", count)
    return sentence % {"count": words.number(count)}


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "user.signed_in": lambda _plain: _("Signed in"),
    "user.sessions_ended": ended,
    "user.password_changed": lambda _plain: _("Password changed"),
    "user.second_factor_added": lambda _plain: _("Two-step sign-in switched on"),
    "user.second_factor_removed": lambda _plain: _("Two-step sign-in switched off"),
    "user.recovery_codes_renewed": lambda _plain: _("New recovery codes"),
    "user.codes_tried_all_day": lambda _plain: _(
        "Somebody with your password typed more codes than a day allows"
    ),
    "user.exported_customers": exported,
    "user.downloaded_bulk_results": lambda _plain: _("Results of a bulk change downloaded"),
    "user.downloaded_import_rows": lambda _plain: _("Rows of an import downloaded"),
    "user.deactivated": lambda _plain: _("Account deactivated"),
    "user.reactivated": lambda _plain: _("Account reactivated"),
}
