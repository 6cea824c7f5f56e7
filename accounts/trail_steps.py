"""The way of one link, step by step, with times: from whoever asked to the next sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import LinkState

if TYPE_CHECKING:
    from accounts.models import ResetRequest
    from accounts.reset_trail import ResetTrail
    from notifications.models import Mail


@dataclass(frozen=True)
class Step:
    """`state`: done, now, bad, or "" for what has not come. What is not `brief` is left out where
    there is little room."""

    label: str
    state: str
    at: datetime | None = None
    detail: str = ""
    is_brief: bool = True

    @property
    def is_of_today(self) -> bool:
        return self.at is not None and timezone.localdate(self.at) == timezone.localdate()


def steps_of(trail: ResetTrail) -> list[Step]:
    steps = [*_asked(trail), *_mailed(trail), *_followed(trail)]
    following = next((place for place, step in enumerate(steps) if _is_awaited(step)), None)
    if following is not None and trail.is_under_way:
        steps[following] = replace(steps[following], state="now")
    return steps


def _is_awaited(step: Step) -> bool:
    return step.state == "" and step.at is None and step.is_brief


def _asked(trail: ResetTrail) -> Iterator[Step]:
    request = trail.request
    more = request.asked_count - 1
    if request.sent_in_id is None and request.asked_by is None:
        label, again = _("Asked for at the shop"), _again(more)
    else:
        label, again = _sent_by(request), _again_at_the_shop(more)
    yield Step(label, "done", request.started_at, again)


def _sent_by(request: ResetRequest) -> str:
    if request.asked_by is None:
        return _("Sent to many at once")
    if request.sent_in_id is not None:
        return _("Sent to many at once by %(name)s") % {"name": request.asked_by}
    return _("Sent by %(name)s") % {"name": request.asked_by}


def _again(times: int) -> str:
    text = ngettext("Asked once more since", "Asked %(count)d more times since", times)
    return text % {"count": times} if times else ""


def _again_at_the_shop(times: int) -> str:
    text = ngettext(
        "The customer has asked at the shop as well",
        "The customer has asked at the shop as well, %(count)d times",
        times,
    )
    return text % {"count": times} if times else ""


def _mailed(trail: ResetTrail) -> Iterator[Step]:
    """The newest mail with this link."""
    mail = trail.mail
    if mail is None:
        yield Step(_("Queued"), "")
        return
    yield Step(_("Queued"), "done", mail.queued_at, _which_mail(trail))
    yield _handing_over(trail, mail)
    if mail.state == "handed_over":
        yield _arrival(trail, mail)


def _which_mail(trail: ResetTrail) -> str:
    count = len(trail.mails)
    if count == 1:
        return ""
    if trail.went_to_many:
        text = _("Mail number %(count)d with this link, sent to many at once")
        return text % {"count": count}
    return _("Mail number %(count)d with this link") % {"count": count}


def _handing_over(trail: ResetTrail, mail: Mail) -> Step:
    answer = f"{mail.answer} {mail.answer_words}".strip()
    if mail.state == "failed":
        return Step(trail.reason, "bad", mail.failed_at, _answered(answer))
    if mail.state == "withdrawn":
        return Step(_("Not sent any more"), "", mail.withdrawn_at)
    label = _("Handed to the mail server")
    if mail.state == "handed_over":
        twice = _("Perhaps twice: sending broke off on the way.") if mail.perhaps_twice else ""
        return Step(label, "done", mail.handed_over_at, f"{_answered(answer)} {twice}".strip())
    return Step(label, "", detail=trail.reason if trail.is_delayed else "")


def _answered(words: str) -> str:
    return _("Answer: %(words)s") % {"words": words} if words else ""


def _arrival(trail: ResetTrail, mail: Mail) -> Step:
    if mail.arrival == "delivered":
        return Step(_("Delivered"), "done", mail.delivered_at)
    if mail.trouble is not None:
        said = _answered(mail.trouble_words)
        return Step(_("Came back"), "bad", mail.bounced_at, f"{mail.trouble.label}. {said}".strip())
    if mail.arrival == "awaited" and not trail.has_arrived:
        return Step(_("Delivered"), "")
    nobody_says = _("Whether it arrived, the mail server does not tell us.")
    return Step(_("Delivery unknown"), "", detail=nobody_says, is_brief=False)


def _followed(trail: ResetTrail) -> Iterator[Step]:
    """What was done with the link; what can no longer come is left out."""
    request = trail.request
    used_at = request.closed_at if request.state == LinkState.USED else None
    changed = _of_its_use(trail)
    ended = request.state not in {LinkState.OPEN, LinkState.USED}
    is_over = ended or trail.undo is not None
    for label, at in (
        (_opening(trail, is_used=used_at is not None), request.opened_at),
        (changed, used_at),
        (_("Signed in"), request.signed_in_at),
    ):
        if at or not is_over:
            yield Step(label, "done" if at else "", at)
    if ended:
        yield Step(str(request.state.label), "", request.closed_at or request.expires_at)
    yield from _afterwards(trail)


def _afterwards(trail: ResetTrail) -> Iterator[Step]:
    request = trail.request
    if request.asked_whether_at:
        asked = _("Asked by mail whether it worked")
        yield Step(asked, "done", request.asked_whether_at, is_brief=False)
    if trail.undo:
        yield Step(_("Undone from the former address"), "bad", trail.undo.closed_at)
    if request.reopened_at:
        said = _("The customer says that it does not work")
        yield Step(said, "bad", request.reopened_at, trail.complaint)
    if request.settled_at and request.settled_at != request.signed_in_at:
        label = _("Settled")
        if request.settled_by:
            label = _("Settled by %(name)s") % {"name": request.settled_by}
        yield Step(label, "done", request.settled_at, is_brief=False)


def _of_its_use(trail: ResetTrail) -> str:
    if trail.is_move:
        return _("Address moved, password chosen")
    return _("Account opened") if trail.is_invite else _("Password changed")


def _opening(trail: ResetTrail, *, is_used: bool) -> str:
    """Mail scanners follow links too: only a new password shows that it was a person."""
    if trail.request.opened_at and not is_used:
        return _("Link opened (perhaps by a scanner)")
    return _("Link opened")
