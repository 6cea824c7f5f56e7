"""The events of accounts in words, for the customer's timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import lately
from accounts.models import Alarm, Feedback, FlagKind, LinkState, ResetRequest
from core import words
from events.timeline import Line, timeline_words

if TYPE_CHECKING:
    from events.timeline import Told, Words


def register_words() -> None:
    """What customers say in their own words may name an address or an order."""
    for name, words_of in PLAIN.items():
        timeline_words.register(name, words_of, is_plain=True)
    timeline_words.register("feedback.answered", answered)


def started(told: Told) -> Line | None:
    """The invite that moves the account is told by the customers' own event."""
    plain = told.event.plain
    by_staff = told.event.actor_type == "accounts.user"
    if plain.get("purpose") == "invite":
        if not plain.get("again"):
            return None
        sentence = (
            _("{who} sent the invite again") if by_staff else _("{who} asked for the invite again")
        )
    elif plain.get("purpose") == "move":
        sentence = _("{who} sent a link to the customer's new address")
    else:
        sentence = (
            _("{who} sent a password reset") if by_staff else _("{who} asked for a password reset")
        )
    return Line(format_html(sentence, who=told.who), detail=_outcome(told), state="k")


def _outcome(told: Told) -> str:
    """How the link ended, read from the request itself: no query."""
    request = told.subject
    if not isinstance(request, ResetRequest):
        return ""
    parts = []
    if request.opened_at:
        parts.append(_("opened %(time)s") % {"time": words.moment(request.opened_at)})
    if request.state != LinkState.OPEN:
        at = request.closed_at or request.expires_at
        parts.append(f"{request.state.label} {words.moment(at)}")
    return " · ".join(parts)


def asked_again(told: Told) -> str:
    return format_html(_("{who} asked for a link; the open one was mailed again"), who=told.who)


def ask_refused(told: Told) -> str:
    """Nobody outside learns of it: for the colleague who is called next."""
    if told.event.plain.get("held"):
        sentence = _("{who} asked for a link and was sent none: the account was on hold")
    elif told.event.plain.get("in_doubt"):
        sentence = _("{who} asked for a link and was sent none: the address is not confirmed")
    else:
        sentence = _("{who} asked for a link and was sent none: the account was disabled")
    return format_html(sentence, who=told.who)


def opened(_told: Told) -> str:
    return _("The link was opened, perhaps by a mail scanner")


def redeemed(told: Told) -> str | None:
    if told.event.plain.get("purpose") == "invite":
        return None  # "The account was activated"
    if told.event.plain.get("purpose") == "move":
        return format_html(_("{who} confirmed the new address and chose a password"), who=told.who)
    return format_html(_("{who} chose a new password by the link"), who=told.who)


def withdrawn(told: Told) -> str:
    return format_html(_("{who} withdrew the link"), who=told.who)


def address_undone(told: Told) -> Line:
    if told.event.plain.get("is_back"):
        text = _("The change of the sign-in address was undone from the former mailbox")
    else:
        text = _(
            "The former mailbox wanted the change of the sign-in address undone; another customer "
            "has that address by now"
        )
    return Line(escape(text), state="bad")


def alarm_sounded(told: Told) -> Line:
    """Which of the changes it was about."""
    alarm, detail = told.subject, ""
    if isinstance(alarm, Alarm):
        at = {"day": words.day(alarm.started_at), "time": words.clock(alarm.started_at)}
        detail = _("About the new password of %(day)s, %(time)s") % at
    return Line(format_html(_("{who} said: “That wasn’t me”"), who=told.who), detail, "bad")


def settled(told: Told) -> str:
    """By a colleague: what settles itself is told by what settled it."""
    return format_html(_("{who} settled the password reset"), who=told.who)


def asked_whether_it_worked(_told: Told) -> None:
    """Its mail tells it."""


def answered(told: Told) -> Line:
    """The words are the customer's own, and stay in the row that they were written to."""
    if told.event.plain.get("worked"):
        return Line(format_html(_("{who} says that everything worked"), who=told.who))
    words = told.subject.words if isinstance(told.subject, Feedback) else ""
    text = format_html(_("{who} says that signing in does not work"), who=told.who)
    return Line(text, detail=words, state="bad")


def lift_asked(told: Told) -> str:
    return format_html(_("{who} asked for the hold to be lifted"), who=told.who)


def flagged(told: Told) -> Line:
    return Line(escape(_("Needs a look: %(what)s") % {"what": _kind_of_flag(told)}), state="bad")


def flag_settled(told: Told) -> str:
    return format_html(_("{who} had a look: {what}"), who=told.who, what=_kind_of_flag(told))


def _kind_of_flag(told: Told) -> str:
    kinds = {kind.value: str(kind.label) for kind in FlagKind}
    return kinds.get(str(told.event.plain.get("kind")), "")


def password_changed(told: Told) -> str:
    return format_html(_("{who} changed the password"), who=told.who)


def signed_in(told: Told) -> str:
    return format_html(_("{who} signed in at the shop"), who=told.who)


def sessions_ended(told: Told) -> str:
    """By name where staff did it; whatever else ends sessions has a line of its own."""
    if told.event.actor_type != "accounts.user":
        return lately.ended(told.event.plain)
    count = int(told.event.plain.get("count", 1))
    sentence = ngettext(
        "{who} signed out {count} device", "{who} signed out {count} devices", count
    )
    return format_html(sentence, who=told.who, count=count)


PLAIN: dict[str, Words] = {
    "reset_request.started": started,
    "reset_request.asked_again": asked_again,
    "recovery.refused": ask_refused,
    "reset_request.opened": opened,
    "reset_request.redeemed": redeemed,
    "reset_request.withdrawn": withdrawn,
    "address_undo.used": address_undone,
    "alarm.sounded": alarm_sounded,
    "reset_request.settled": settled,
    "feedback.asked": asked_whether_it_worked,
    "hold.lift_asked": lift_asked,
    "customer.flagged": flagged,
    "customer.flag_settled": flag_settled,
    "account.password_changed": password_changed,
    "user.signed_in": signed_in,
    "user.sessions_ended": sessions_ended,
}
