"""What the customer's page says about a link: a title, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core import words
from notifications.models import Trouble

if TYPE_CHECKING:
    from accounts.models import NotYet
    from accounts.reset_trail import ResetTrail


def title_of(trail: ResetTrail) -> str:
    to = {"to": trail.request.to}
    if trail.is_invite:
        return _invite_titles().get(trail.situation, _("Account invite sent to %(to)s")) % to
    if trail.is_move:
        return _move_titles().get(trail.situation, _("Link to the new address %(to)s sent")) % to
    return _reset_titles().get(trail.situation, _("Reset link sent to %(to)s")) % to


def _reset_titles() -> dict[str, str]:
    return {
        **_common_titles(),
        "sending": _("Reset link to %(to)s: being sent"),
        "used": _("Password changed by the link to %(to)s"),
        "signed_in": _("Signed in with the password from the link to %(to)s"),
        "expired": _("The reset link to %(to)s has expired unused"),
    }


def _invite_titles() -> dict[str, str]:
    return {
        **_common_titles(),
        "sending": _("Account invite to %(to)s: being sent"),
        "used": _("Account opened by the invite to %(to)s"),
        "signed_in": _("Signed in to the account from the invite to %(to)s"),
        "expired": _("The invite to %(to)s has expired unused"),
    }


def _move_titles() -> dict[str, str]:
    return {
        **_common_titles(),
        "sending": _("Link to the new address %(to)s: being sent"),
        "used": _("The account has moved to %(to)s"),
        "signed_in": _("Signed in with the new address %(to)s"),
        "undone": _("The move to %(to)s was undone"),
        "expired": _("The link to the new address %(to)s has expired unused"),
    }


def _common_titles() -> dict[str, str]:
    return {
        "reopened": _("It does not work, says the customer"),
        "failed": _("The mail to %(to)s could not be sent"),
        "bounced": _("The mail to %(to)s came back"),
        "withdrawn": _("The link to %(to)s was withdrawn"),
        "replaced": _("The link to %(to)s was replaced by a newer one"),
        "declined": _("The invite to %(to)s was declined"),
    }


def text_of(trail: ResetTrail) -> str:
    """At most three short sentences."""
    if trail.situation == "sending":
        return _sending(trail)
    if trail.situation in {"sent", "opened"}:
        return " ".join([_handed_over(trail), _until(trail), _if_nothing_arrives(trail)]).strip()
    if trail.situation == "reopened":
        return trail.complaint or _("They did not say what happens.")
    if trail.situation in {"failed", "bounced"}:
        return _failed(trail)
    if trail.situation in {"used", "signed_in"}:
        return _came_to_a_good_end(trail)
    return {
        "undone": _(
            "The notice to the former address was answered: that address is back, and the account "
            "was put on hold."
        ),
        "expired": _("Send it again if it is still needed."),
        "withdrawn": _withdrawn(trail),
        "declined": _("An invite can be sent again at any time."),
    }.get(trail.situation, "")


def not_yet(refusal: NotYet) -> str:
    """Why nothing was sent: nobody is written to more often than this, whoever asks."""
    text = _(
        "Sent %(ago)s ago, again in %(left)s. One mailbox gets at most one such mail a minute and "
        "five an hour."
    )
    seconds = {"ago": refusal.seconds_ago, "left": refusal.seconds_left}
    return text % {name: words.span(count) for name, count in seconds.items()}


def _came_to_a_good_end(trail: ResetTrail) -> str:
    """Nothing of what is true no longer."""
    if trail.is_overtaken:
        return ""
    if trail.is_move:
        return _("The former address got a notice, with which this can be undone for 72 hours.")
    if trail.situation == "signed_in":
        return _("All is done.")
    return _("Every other device was signed out, and a mail tells the customer.")


def _withdrawn(trail: ResetTrail) -> str:
    return {
        "disabled": _("Disabling the account ended it. Whoever follows it is told so."),
        "held": _("The hold ended it. Whoever follows it is told so."),
    }.get(trail.ended_by_barring, _("Whoever follows it is told so."))


def _sending(trail: ResetTrail) -> str:
    if not trail.is_delayed:
        return _("The mail is on its way to the mail server.")
    last_try = trail.mail.gives_up_at if trail.mail else trail.request.expires_at
    if trail.is_invite:
        text = _("%(reason)s. We keep trying until %(day)s; there is nothing you need do.")
        return text % {"reason": trail.reason, "day": words.day(last_try)}
    text = _("%(reason)s. We keep trying until %(time)s; there is nothing you need do.")
    return text % {"reason": trail.reason, "time": words.moment(last_try)}


def _failed(trail: ResetTrail) -> str:
    """Why, and what to do. Only of what was refused the address may be the cause."""
    trouble = trail.mail.trouble if trail.mail else None
    if trouble is None:
        text = _("%(reason)s. Send it again if it is still needed.")
        return text % {"reason": trail.reason}
    if trouble == Trouble.OTHER and trail.situation == "failed":
        return _("%(reason)s. Is the address right?") % {"reason": trail.reason}
    return f"{trouble.label}. {advice_on(trouble)}"


def advice_on(trouble: Trouble) -> str:
    return {
        Trouble.GONE: _("Ask for the address once more, letter by letter."),
        Trouble.NO_DOMAIN: _("Ask for what comes after the @ once more, letter by letter."),
        Trouble.FULL: _("They have to make room in it first, or to use another address."),
        Trouble.BLOCKED: _(
            "Another address may do. Tell whoever looks after ShopDesk: SPF, DKIM or DMARC may not "
            "be in order."
        ),
        Trouble.HELD_BACK: _(
            "If the address is right, whoever looks after ShopDesk can take it off the list there."
        ),
    }.get(trouble, _("Is the address right?"))


def _handed_over(trail: ResetTrail) -> str:
    if trail.went_to_many:
        at = trail.mail.handed_over_at if trail.mail else None
        text = _("It went to many at once. Handed to the mail server: %(time)s.")
        return text % {"time": words.moment(at)}
    if trail.request.asked_by_id is None:
        text = _("The customer asked for it at the shop. Handed to the mail server after %(s)s s.")
        return text % {"s": trail.seconds}
    return _("Handed to the mail server %(s)s s after the click.") % {"s": trail.seconds}


def _until(trail: ResetTrail) -> str:
    at = trail.request.expires_at
    if trail.is_invite:
        return _("The link works once and expires on %(day)s.") % {"day": words.day(at)}
    return _("The link works once, until %(time)s.") % {"time": words.moment(at)}


def _if_nothing_arrives(trail: ResetTrail) -> str:
    if trail.situation == "opened":
        return ""
    if trail.is_delivered:
        return _("It is in their mailbox. Nothing to be seen? Ask them to look in the spam folder.")
    return _("Nothing arriving? Ask them to look in the spam folder, or send it again.")
