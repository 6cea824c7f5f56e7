"""Ctrl K: send somebody a password reset without going to their page first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from django.urls import reverse
from django.utils.translation import gettext

from core.listing import Asked
from core.slots import Found
from customers.listing import CUSTOMERS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer

SHOWN = 3
# What people type before the name: "reset jana", "passwort müller".
ACTION_WORDS = re.compile(
    r"\b(send|reset|password|passwort|invite|einladung|einladen|zurücksetzen|senden)\b",
    re.IGNORECASE,
)


def find_reset_actions(request: HttpRequest, text: str) -> list[Found]:
    """One action for each of the best three customers."""
    name = " ".join(ACTION_WORDS.sub(" ", text).split())
    if len(name) < 2:
        return []
    rows = CUSTOMERS.read(Asked(text=name), user=cast("User", request.user)).page.rows[:SHOWN]
    return [
        _way_first(customer) if customer.is_barred else _send(customer)
        for customer in rows
        if customer.primary_email
    ]


def _way_first(customer: Customer) -> Found:
    """No link for somebody whom staff have disabled: the page where they are enabled instead."""
    return Found(
        label=gettext("%(name)s: disabled by staff – enable first") % {"name": customer.name},
        url=reverse("customer_detail", args=[customer.pk]),
        detail=customer.primary_email,
        icon="user-x",
    )


def _send(customer: Customer) -> Found:
    reset = gettext("Send password reset to %(name)s")
    invite = gettext("Send account invite to %(name)s")
    return Found(
        label=(reset if customer.has_account else invite) % {"name": customer.name},
        url=reverse("reset_request_create", args=[customer.pk]),
        detail=customer.primary_email,
        icon="key-round",
        posts=True,
    )
