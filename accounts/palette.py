"""Ctrl K: send somebody a password reset without going to their page first, and one's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from core.slots import Found
from customers.levels import reached_at
from customers.palette import matches

if TYPE_CHECKING:
    from django.http import HttpRequest

    from customers.models import Customer

SHOWN = 3
# What people type before the name: "reset jana", "passwort müller".
ACTION_WORDS = re.compile(
    r"\b(send|reset|password|passwort|invite|einladung|einladen|zurücksetzen|senden)\b",
    re.IGNORECASE,
)


def find_reset_actions(request: HttpRequest, text: str) -> list[Found]:
    """One action for each of the best three customers whom the text plainly means.

    Not for those whom it finds by a tag or an address that is not seen: too near to Enter.
    """
    name = " ".join(ACTION_WORDS.sub(" ", text).split())
    if len(name) < 2:
        return []
    rows = [one for one in matches(request, name).page.rows if one.is_sure and one.primary_email]
    return [
        _way_first(customer) if customer.is_barred else _send(customer) for customer in rows[:SHOWN]
    ]


def find_own_pages(_request: HttpRequest, text: str) -> list[Found]:
    """What stands behind one's own name in the top bar, by any of its words."""
    pages = [
        Found(gettext("My profile"), reverse("profile"), icon="circle-user"),
        Found(gettext("Change password"), reverse("desk_password"), icon="key-round"),
        Found(gettext("Two-step sign-in"), reverse("desk_second_factor"), icon="shield-check"),
        Found(gettext("Sign out"), reverse("desk_logout"), icon="log-out", posts=True),
    ]
    words = text.casefold().split()
    return [one for one in pages if words and all(word in one.label.casefold() for word in words)]


def _way_first(customer: Customer) -> Found:
    """No link for somebody who is barred: the page where they are let in again instead."""
    held = gettext("%(name)s: on hold – lift it first")
    disabled = gettext("%(name)s: disabled by staff – enable first")
    return Found(
        label=(disabled if customer.is_disabled else held) % {"name": customer.name},
        url=reverse("customer_detail", args=[customer.pk]),
        detail=reached_at(customer.email_identity),
        icon="user-x",
    )


def _send(customer: Customer) -> Found:
    reset = gettext("Send password reset to %(name)s")
    invite = gettext("Send account invite to %(name)s")
    return Found(
        label=(reset if customer.has_account else invite) % {"name": customer.name},
        url=reverse("reset_request_create", args=[customer.pk]),
        detail=reached_at(customer.email_identity),
        icon="key-round",
        posts=True,
    )
