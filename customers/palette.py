"""Customers in the search over everything (Ctrl K)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from core.listing import Asked
from core.slots import Found
from customers.listing import CUSTOMERS
from customers.search import fold

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

SHOWN = 5


def find_customers(request: HttpRequest, text: str) -> list[Found]:
    """The newest five who match, as in the list."""
    if not text.strip():
        return []
    rows = CUSTOMERS.read(Asked(text=text), user=cast("User", request.user)).page.rows[:SHOWN]
    return [
        Found(
            label=customer.name,
            url=reverse("customer_detail", args=[customer.pk]),
            detail=customer.primary_email or customer.primary_phone,
            icon="user",
        )
        for customer in rows
    ]


def find_actions(_request: HttpRequest, text: str) -> list[Found]:
    """“Add customer”, by any of its words."""
    label = _("Add customer")
    words = fold([text])
    if not words or not all(word in " ".join(fold([label])) for word in words):
        return []
    return [Found(label=label, url=reverse("customer_create"), icon="user-plus")]
