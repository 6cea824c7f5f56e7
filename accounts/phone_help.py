"""A call about a link, step by step: what to ask, what to look at, when to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.hints import email_hint
from accounts.models import IdentityCheck
from accounts.phone_texts import phone_texts
from accounts.reset_trail import current_trail
from accounts.suspicion import suspicion_of
from core import words
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.reset_trail import ResetTrail
    from accounts.suspicion import Suspicion
    from customers.models import Customer


@dataclass(frozen=True)
class CallStep:
    """`state`: done, now, or "" for what comes later."""

    title: str
    text: str
    state: str
    checks: bool = False
    sends: bool = False


def phone_help(customer: Customer) -> dict[str, Any]:
    """The script and the texts, by how far the newest link has come."""
    trail, suspicion = current_trail(customer), suspicion_of(customer)
    return {
        "customer": customer,
        "steps": _with_the_next(list(_steps(customer, trail, suspicion))),
        "said": phone_texts(customer, trail),
    }


def _with_the_next(steps: list[CallStep]) -> list[CallStep]:
    """The first one behind all that is done: whoever sent without asking need not go back."""
    last = max((place for place, step in enumerate(steps) if step.state == "done"), default=-1)
    if last + 1 < len(steps):
        steps[last + 1] = replace(steps[last + 1], state="now")
    return steps


def _steps(
    customer: Customer, trail: ResetTrail | None, suspicion: Suspicion | None
) -> Iterator[CallStep]:
    situation = trail.situation if trail else ""
    is_found = situation in {"opened", "used", "reopened", "signed_in"}
    is_left = is_found or situation in {"sending", "sent"}
    yield _who_is_asking(IdentityCheck.valid(customer))
    yield CallStep(_("Which address?"), _address(customer, suspicion), _done(is_left))
    yield CallStep(
        _("Send the link"), _("While they are on the line."), _done(is_left), sends=not is_left
    )
    yield CallStep(_("Stay on the line"), _where_to_look(), _done(is_found))
    yield CallStep(
        _("Until they are signed in"),
        _("They choose a password and sign in with it. This page tells when."),
        _done(situation == "signed_in"),
    )


def _who_is_asking(check: IdentityCheck | None) -> CallStep:
    """A check begins right here, unless one has passed and still counts."""
    title = _("Who is asking?")
    if check is None:
        text = _("Ask for the number of an order and the postal code it went to, and compare.")
        return CallStep(title, text, "", checks=True)
    text = _("Identity check passed, valid until %(time)s")
    return CallStep(title, f"{text % {'time': words.moment(check.valid_until)}}.", "done")


def _done(is_done: bool) -> str:  # noqa: FBT001 -- reads as a sentence
    return "done" if is_done else ""


def _address(customer: Customer, suspicion: Suspicion | None) -> str:
    if not customer.primary_email:
        return _("There is no e-mail address to send a link to. Add one first.")
    text = _("Have them say it, and do not say it first. It should be %(address)s.")
    parts = [text % {"address": email_hint(customer.primary_email)}]
    return " ".join(parts + (suspicion.reasons() if suspicion else []))


def _where_to_look() -> str:
    text = _("Have them look in the inbox, in the spam folder, and search for “%(shop)s”.")
    return text % {"shop": Shop.current().name}
