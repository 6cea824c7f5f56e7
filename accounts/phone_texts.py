"""What to say to a customer on the phone about their link: in their language, whatever staff read.

Each function is called with that language switched on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.reading import language_of_customer
from core import words
from notifications.models import Trouble
from shop.models import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.reset_trail import ResetTrail
    from customers.models import Customer


@dataclass(frozen=True)
class PhoneTexts:
    """`language` is a code for the page's lang attribute."""

    language: str
    texts: list[str]


def phone_texts(customer: Customer, trail: ResetTrail | None) -> PhoneTexts:
    """What fits how far the newest link has come; `trail` is None where none was sent."""
    code = language_of_customer(customer)
    with translation.override(code):
        say = SAID.get(trail.situation if trail else "", _before)
        return PhoneTexts(code.partition("-")[0], [text for text in say(trail) if text])


def _before(_trail: ResetTrail | None) -> list[str]:
    return [
        _(
            "I will gladly help you. First I have to know who I am talking to: please tell me the "
            "number of an order, and the postal code it was sent to."
        ),
        _("Which e-mail address do you use at our shop? Please say it letter by letter."),
        _("I am sending you a mail with a link now. With it you choose a new password."),
    ]


def _sending(trail: ResetTrail) -> list[str]:
    if trail.is_delayed:
        return [
            _(
                "Our mail server needs a moment. The mail leaves by itself as soon as it can; you "
                "need not do anything."
            )
        ]
    return [
        _("The mail is on its way. It usually arrives within a minute; please stay on the line.")
    ]


def _sent(trail: ResetTrail) -> list[str]:
    shop = Shop.current().name
    subject = trail.mail.sent_subject if trail.mail else ""
    found = _("Please open your mailbox. The mail comes from %(shop)s; its subject is: %(subject)s")
    return [
        found % {"shop": shop, "subject": subject},
        _("It is not there? Please look in the spam folder, and search for “%(shop)s”.")
        % {"shop": shop},
        _good_until(trail),
    ]


def _good_until(trail: ResetTrail) -> str:
    until = trail.request.expires_at
    if trail.is_invite:
        text = _("The link works once, until %(day)s. Please open the newest mail.")
        return text % {"day": words.day(until)}
    text = _("The link works once, until %(time)s. Please open the newest mail.")
    return text % {"time": words.moment(until)}


def _opened(trail: ResetTrail) -> list[str]:
    button = _button(trail)
    return [
        _("Please choose a password with at least 10 characters, and press “%(button)s”.")
        % {"button": button},
        _(
            "Does the page look wrong, or does nothing happen? Please try another browser: copy "
            "the whole address from the mail into it."
        ),
        _good_until(trail),
    ]


def _button(trail: ResetTrail) -> str:
    """As it reads on the customer's page."""
    if trail.is_move:
        return _("Confirm address and save password")
    return _("Open my account") if trail.is_invite else _("Save password")


def _failed(trail: ResetTrail) -> list[str]:
    trouble = trail.mail.trouble if trail.mail else None
    if trouble == Trouble.FULL:
        return [
            _(
                "Your mailbox is full, so our mail came back. Please make room in it, and I will "
                "send it again. Or tell me another address of yours."
            )
        ]
    if trouble is None:
        return [_("Our mail could not leave. I am sending it again now.")]
    return [
        _("Our mail came back. Please say your e-mail address once more, letter by letter."),
        _("Do you have another address at which I can reach you?"),
    ]


def _ended(_trail: ResetTrail) -> list[str]:
    return [
        _(
            "That link is no longer good. I am sending you a new one now; please use the newest "
            "mail and none of the earlier ones."
        )
    ]


def _used(_trail: ResetTrail) -> list[str]:
    page = settings.PUBLIC_URL + reverse("account_login")
    return [
        _("Your new password is saved. Please sign in with it now: %(page)s") % {"page": page},
        _("As the address, take the one that our mail went to."),
        _(
            "It is not accepted? Please type it slowly and have it shown, and mind small and "
            "capital letters. If an old password is filled in by itself, delete it first."
        ),
    ]


def _signed_in(_trail: ResetTrail) -> list[str]:
    return [_("You are signed in. Is there anything else that I can do for you?")]


SAID: dict[str, Callable[..., list[str]]] = {
    "sending": _sending,
    "sent": _sent,
    "opened": _opened,
    "failed": _failed,
    "bounced": _failed,
    "expired": _ended,
    "withdrawn": _ended,
    "replaced": _ended,
    "used": _used,
    "reopened": _used,
    "signed_in": _signed_in,
}
