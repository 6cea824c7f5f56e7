"""How mails read on timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from events.timeline import Line, timeline_words
from notifications.kinds import kind_named, title_of
from notifications.models import Failure, Trouble

if TYPE_CHECKING:
    from events.timeline import Told


def register_words() -> None:
    """Give every event of this app its words."""
    timeline_words.register("mail.handed_over", handed_over)
    timeline_words.register("mail.failed", failed)
    timeline_words.register("mail.tried_again", tried_again)
    timeline_words.register("mail.bounced", bounced)


def handed_over(told: Told) -> Line | None:
    plain = told.event.plain
    kind = kind_named(plain["kind"])
    if kind and kind.is_told_by_subject and not plain["perhaps_twice"]:
        return None
    detail = _("Perhaps twice: sending broke off on the way.") if plain["perhaps_twice"] else ""
    title = title_of(plain["kind"])
    return Line(format_html(_("Mail handed to the mail server: {title}"), title=title), detail)


def failed(told: Told) -> Line:
    plain = told.event.plain
    reason = str(Failure(plain["failure"]).label)
    title = title_of(plain["kind"])
    return Line(format_html(_("Mail could not be sent: {title}"), title=title), reason, "bad")


def bounced(told: Told) -> Line:
    plain = told.event.plain
    title = title_of(plain["kind"])
    reason = str(Trouble(plain["bounce"]).label)
    return Line(format_html(_("Mail came back: {title}"), title=title), reason, "bad")


def tried_again(told: Told) -> Line:
    title = title_of(told.event.plain["kind"])
    text = _("{who} has a mail tried again: {title}")
    return Line(format_html(text, who=told.who, title=title))
