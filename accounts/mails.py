"""The mails about accounts, and what their texts know. Links are derived here, stored nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AddressUndo,
    Alarm,
    Feedback,
    MailBudget,
    Purpose,
    Registration,
    ResetRequest,
    Share,
    SpokenCode,
    StaffLink,
    User,
)
from accounts.models.addressees import primary_key_of
from accounts.models.links import SecretLink
from accounts.spoken import code_for
from accounts.tokens import link_url
from core.permissions import is_owner
from customers.models import Customer
from notifications.kinds import MailKind, register
from notifications.models import Mail
from shop.models import Shop

Context = dict[str, Any] | None


PAGES = {"reset": "account_reset", "invite": "account_activate", "move": "account_move"}


def reset_context(mail: Mail) -> Context:
    """None once the link is used, replaced, withdrawn or expired."""
    request = mail.about()
    if not isinstance(request, ResetRequest) or not request.is_open:
        return None
    page = PAGES[request.purpose]
    return {
        "name": calling_name(request.customer, mail.language),
        "asked_by": _sender(request),
        **_of_link(request, page, request.to),
    }


def _sender(request: ResetRequest) -> str:
    """Who of the team sent it; "" where the customer asked."""
    name = request.asked_by.name if request.asked_by else ""
    is_ours = request.asked_by_id or request.sent_in_id
    return name or Shop.current().name if is_ours else ""


def registration_context(mail: Mail) -> Context:
    """The name a stranger typed stays out: the mail would carry it to whomever they like."""
    registration = mail.about()
    if not isinstance(registration, Registration) or not registration.is_open:
        return None
    return _of_link(registration, "account_registration", registration.to)


def staff_link_context(mail: Mail) -> Context:
    link = mail.about()
    if not isinstance(link, StaffLink) or not link.is_open:
        return None
    return {
        "name": link.user.name,
        "asked_by": str(link.asked_by) if link.asked_by else "",
        "role": link.user.get_role_display(),
        **_of_link(link, "desk_link", link.to),
    }


def identity_code_context(mail: Mail) -> Context:
    """None once the code is used, replaced or expired, or the check is over."""
    code = mail.about()
    if not isinstance(code, SpokenCode) or not code.is_open:
        return None
    return {
        "name": calling_name(code.identity_check.customer, mail.language),
        "code": code_for(code),
        "expires_at": code.expires_at,
    }


def feedback_context(mail: Mail) -> Context:
    """None for whoever has answered, may not sign in any more, or has another address by now."""
    feedback = mail.about()
    if not isinstance(feedback, Feedback) or not feedback.is_open:
        return None
    customer = feedback.request.customer
    if customer.is_barred or primary_key_of(customer) != feedback.to:
        return None
    return {
        "name": calling_name(customer, mail.language),
        "changed_at": feedback.request.closed_at,
        "recover_link": settings.PUBLIC_URL + reverse("account_recover"),
        **_of_link(feedback, "account_feedback", feedback.to),
    }


def notice_context(mail: Mail) -> Context:
    """What has happened to an account; true however late it is read."""
    user = mail.about()
    return _notice(mail, user, at=mail.queued_at) if isinstance(user, User) else None


def new_password_context(mail: Mail) -> Context:
    """A customer's has a link that raises the alarm, as long as that is good for something."""
    alarm = mail.about()
    if not isinstance(alarm, Alarm):
        return notice_context(mail)
    link = _of_link(alarm, "account_alarm", alarm.to) if alarm.is_open else {}
    return {**_notice(mail, alarm.user, at=alarm.started_at), **link}


def _notice(mail: Mail, user: User, *, at: datetime) -> dict[str, Any]:
    customer = user.customer
    recover = "account_recover" if customer else "desk_recover"
    return {
        "name": calling_name(customer, mail.language) if customer else user.name,
        "is_owner": is_owner(user),
        "at": at,
        "recover_link": settings.PUBLIC_URL + reverse(recover),
        "profile_link": settings.PUBLIC_URL + reverse("profile"),
        "asked_by": mail.plain.get("asked_by", ""),
    }


def address_changed_context(mail: Mail) -> Context:
    """To the mailbox an account has left; without a link once there is nothing to undo."""
    undo = mail.about()
    if not isinstance(undo, AddressUndo):
        return None
    return {
        "name": calling_name(undo.customer, mail.language),
        "at": undo.started_at,
        "link": link_url("account_undo", undo) if undo.is_open else "",
        "expires_at": undo.expires_at,
    }


def welcome_context(mail: Mail) -> Context:
    """None for an account that was closed again while the mail waited."""
    user = mail.about()
    if not isinstance(user, User) or user.customer is None or not user.is_active:
        return None
    return {
        "name": calling_name(user.customer, mail.language),
        "address": user.email,
        "account_link": settings.PUBLIC_URL + reverse("account_home"),
        "recover_link": settings.PUBLIC_URL + reverse("account_recover"),
    }


def count_another(mail: Mail) -> int:
    """Tried again by a person: it counts as any mail with a link does. Seconds to wait, or 0."""
    refusal = MailBudget.spend(mail.to, Share.DESK)
    return refusal.seconds_left if refusal else 0


def calling_name(customer: Customer, language: str) -> str:
    """How mails and pages greet: with Sie by the whole name, else by the first one."""
    if language == "de":
        return f"{customer.first_name} {customer.last_name}".strip()
    return customer.first_name or customer.last_name


def _of_link(link: SecretLink, page: str, address: str) -> dict[str, Any]:
    return {"link": link_url(page, link), "expires_at": link.expires_at, "address": address}


def link_kind(request: ResetRequest) -> str:
    """Which mail brings this link."""
    if request.purpose == Purpose.INVITE:
        return "account_invite"
    if request.purpose == Purpose.MOVE:
        return "address_move"
    is_ours = request.asked_by_id or request.sent_in_id
    return "reset_sent_by_staff" if is_ours else "reset_asked_by_customer"


RESET_KINDS = ["reset_sent_by_staff", "reset_asked_by_customer", "account_invite", "address_move"]

SECRET = {
    "reset_sent_by_staff": (reset_context, _("Password reset, sent by staff")),
    "reset_asked_by_customer": (reset_context, _("Password reset, asked for by the customer")),
    "account_invite": (reset_context, _("Account invite")),
    "address_move": (reset_context, _("Link to a customer's new sign-in address")),
    "registration": (registration_context, _("Confirmation of a new account")),
    "staff_invite": (staff_link_context, _("Invitation of a colleague")),
    "staff_reset": (staff_link_context, _("Password reset of a colleague")),
    "identity_code": (identity_code_context, _("Code for an identity check")),
}
NOTICES = {
    "password_changed": (new_password_context, _("Notice: password changed")),
    "address_changed": (address_changed_context, _("Notice: sign-in address changed")),
    "second_factor_removed": (notice_context, _("Notice: two-step sign-in switched off")),
    "codes_tried_all_day": (notice_context, _("Notice: too many codes of two-step sign-in")),
    "welcome": (welcome_context, _("Welcome to a new account")),
}
# Two notices carry a link too. No notice is counted by a mailbox's budget (mail_budgets.py).
WITH_LINK = {*SECRET, "password_changed", "address_changed"}
for _name, (_context, _title) in {**SECRET, **NOTICES}.items():
    register(
        MailKind(
            _name,
            "accounts",
            _context,
            queue="mail-now",
            carries_secret=_name in WITH_LINK,
            title=_title,
            count_another=count_another if _name in SECRET else None,
        )
    )
# Nobody waits for this one; it carries a link, though that opens nothing.
register(
    MailKind("feedback", "accounts", feedback_context, carries_secret=True, title=_("Did it work?"))
)
