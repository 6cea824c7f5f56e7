"""Customers in the search over everything (Ctrl K)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.listing import Asked, Listing
from core.slots import Found
from customers.levels import reached_at
from customers.masked_listing import customer_list_for
from customers.search_terms import fold

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer

SHOWN = 5


def matches(request: HttpRequest, text: str) -> Listing[Customer]:
    """As in the list. Sources that ask for the same text in one request read it once."""
    read: dict[str, Listing[Customer]] = request.__dict__.setdefault("_customers_read", {})
    if text not in read:
        user = cast("User", request.user)
        read[text] = customer_list_for(user).read(Asked(text=text), user=user)
    return read[text]


def find_customers(request: HttpRequest, text: str) -> list[Found]:
    """The best five."""
    if not text.strip():
        return []
    return [
        Found(
            label=customer.name,
            url=reverse("customer_detail", args=[customer.pk]),
            detail=customer.why or reached_at(customer.reached_by),
            icon="user",
        )
        for customer in matches(request, text).page.rows[:SHOWN]
    ]


def find_near_spellings(request: HttpRequest, text: str) -> list[Found]:
    """The list, searched for what may have been meant."""
    offers = matches(request, text).offers if text.strip() else []
    url = reverse("customer_list")
    return [Found(one, f"{url}?{urlencode({'q': one})}", icon="search") for one in offers]


def find_actions(_request: HttpRequest, text: str) -> list[Found]:
    """“Add customer”, by any of its words."""
    label = _("Add customer")
    words = fold([text])
    if not words or not all(word in " ".join(fold([label])) for word in words):
        return []
    return [Found(label=label, url=reverse("customer_create"), icon="user-plus")]
