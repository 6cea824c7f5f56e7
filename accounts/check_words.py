"""Identity checks in words: why nothing was compared, and what the timeline tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import (
    AlreadyMatched,
    CheckOver,
    CodeOver,
    CodeWaits,
    Ending,
    IdentityCheck,
    LookFirst,
    NotYet,
)
from accounts.proofs import labels
from accounts.reset_words import not_yet
from accounts.spoken_places import BY_MAIL
from accounts.throttling import Throttled
from core import words
from events.timeline import Line, timeline_words

if TYPE_CHECKING:
    from accounts.proofs import ProofKind
    from events.timeline import Told


def refusal_of(refusal: Exception) -> str:
    """One sentence for the page."""
    if isinstance(refusal, Throttled):
        text = _("Tried too often. Nothing was compared; it goes on in %(left)s.")
        return text % {"left": words.span(refusal.seconds)}
    if isinstance(refusal, NotYet):
        return not_yet(refusal)
    sentences = {
        AlreadyMatched: _("This has matched already, and counts once."),
        LookFirst: "",  # the page says so itself, with the way there
        CheckOver: _("The check is over. Nothing was compared."),
        CodeOver: _("This code is no longer good. Make a new one."),
        CodeWaits: _("The customer has not typed the code yet."),
    }
    nothing_there = _("There is nothing to compare with for this customer.")
    return sentences.get(type(refusal), nothing_there)


@dataclass(frozen=True)
class Outcome:
    """How a check came out, as its page says it."""

    look: str
    title: str
    text: str


def outcome_of(check: IdentityCheck) -> Outcome:
    """Of one that no longer runs."""
    if check.state == "passed":
        title = _("Identity check passed, valid until %(time)s")
        return Outcome("ok", title % {"time": words.moment(check.valid_until)}, _what_now(check))
    if check.state == "failed":
        text = _(
            "Too many answers did not match. Send no link and change no address on this call. "
            "The customer is marked, so that a colleague has a look."
        )
        return Outcome("bad", _("The identity check has failed"), text)
    if check.state == "ended":
        return Outcome("info", _("The identity check has ended"), check.get_ending_display())
    if check.state == "over":
        text = _("What it showed holds no longer. Ask anew before you change anything.")
        return Outcome("info", _("The time of this identity check is over"), text)
    text = _("What matches counts for an hour. Begin anew when the customer calls again.")
    return Outcome("info", _("The identity check was not finished"), text)


def _what_now(check: IdentityCheck) -> str:
    if not check.vouched_because:
        return _("It is the customer who calls. What now?")
    text = _("On the word of %(name)s: “%(because)s”")
    word = check.tries.filter(matched=True).select_related("by").latest("pk")
    return text % {"name": word.by.name, "because": check.vouched_because}


def result_of(kind: ProofKind, *, matched: bool) -> str:
    """Read aloud where the page itself shows it as a mark."""
    text = _("%(proof)s: match") if matched else _("%(proof)s: no match")
    return text % {"proof": kind.label}


def register_check_words() -> None:
    timeline_words.register("identity_check.started", _started, is_plain=True)
    timeline_words.register("identity_check.passed", _passed, is_plain=True)
    timeline_words.register("identity_check.failed", _failed, is_plain=True)
    timeline_words.register("identity_check.ended", _ended, is_plain=True)
    timeline_words.register("identity_code.started", _code_started, is_plain=True)
    timeline_words.register("identity_code.typed_nearby", _typed_nearby, is_plain=True)


def _started(told: Told) -> str:
    return format_html(_("{who} began an identity check"), who=told.who)


def _passed(told: Told) -> Line:
    sentence = _("An identity check by {who} has passed")
    return Line(format_html(sentence, who=told.who), detail=_kinds(told), state="k")


def _failed(told: Told) -> Line:
    sentence = _("An identity check by {who} has failed")
    return Line(format_html(sentence, who=told.who), detail=_kinds(told), state="bad")


def _ended(told: Told) -> Line:
    """By a colleague, or because the account is no longer as it was."""
    ending = str(told.event.plain.get("ending"))
    if ending == Ending.STAFF:
        return Line(format_html(_("{who} ended the identity check"), who=told.who))
    known = {one.value: str(one.label) for one in Ending}
    return Line(_("The identity check counts no more"), detail=known.get(ending, ""))


def _kinds(told: Told) -> str:
    known = labels()
    return ", ".join(known.get(name, name) for name in told.event.plain.get("kinds", []))


def _code_started(told: Told) -> str:
    if told.event.plain.get("kind") in BY_MAIL:
        sentence = _("{who} had a code mailed to another address of the customer")
    else:
        sentence = _("{who} called the customer back")
    return format_html(sentence, who=told.who)


def _typed_nearby(_told: Told) -> Line:
    text = _("The code of the call was typed in the same network as the desk's")
    return Line(text, state="bad")
