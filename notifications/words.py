"""How mails read on timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from events.timeline import TimelineLine, words_for
from notifications.kinds import title_of
from notifications.models import Failure

if TYPE_CHECKING:
    from events.models import Event


@words_for("mail.handed_over")
def handed_over(event: Event, _actor: str) -> TimelineLine:
    detail = _("Perhaps twice: the line broke on the way.") if event.plain["perhaps_twice"] else ""
    text = _("Mail handed to the mail server: %(title)s") % {"title": title_of(event.plain["kind"])}
    return TimelineLine(text, icon="mail-check", state="ok", detail=detail)


@words_for("mail.failed")
def failed(event: Event, _actor: str) -> TimelineLine:
    text = _("Mail could not be sent: %(title)s") % {"title": title_of(event.plain["kind"])}
    reason = str(Failure(event.plain["failure"]).label)
    return TimelineLine(text, icon="mail-x", state="bad", detail=reason)


@words_for("mail.tried_again")
def tried_again(event: Event, _actor: str) -> TimelineLine:
    text = _("Mail is being tried again: %(title)s") % {"title": title_of(event.plain["kind"])}
    return TimelineLine(text, icon="mail")
