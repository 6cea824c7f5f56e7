"""Which orders are meant: whose, in what state, found by what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self, cast

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Upper

from core.permissions import can_read
from customers.masking import known_customers, sees_masked
from customers.models import CustomerSearch
from customers.search_terms import fold, pasted, words_of
from orders.models.parts import Line, Parcel
from orders.tracking import clean_number

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User
    from orders.models.orders import Order
    from products.models import Product


class OrderQuerySet(models.QuerySet["Order"]):
    model: type[Order]

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All orders to staff, their own to customers, none to anybody else.

        To staff for whom orders are masked, those of customers who have shown who they are.
        """
        if can_read(user):
            masked = sees_masked(cast("User", user))
            return self.filter(customer__in=known_customers()) if masked else self
        customer_id = getattr(user, "customer_id", None)
        return self.filter(customer_id=customer_id) if customer_id else self.none()

    def search(self, text: str) -> Self:
        """By number, name ("#1001"), e-mail, tracking number, or the customer's name."""
        text = pasted(text)
        if "@" in text:
            return self.filter(email__startswith=text.lower())
        if not any(letter.isdigit() for letter in text):
            return self.filter(customer__in=_people_called(text)) if text else self
        parcels = Parcel.objects.filter(number=clean_number(text)).exclude(number="")
        by_name = self.model.objects.with_name(text)
        return self.filter(Q(pk__in=by_name.values("pk")) | Q(pk__in=parcels.values("order_id")))

    def with_name(self, text: str) -> Self:
        """Exactly the order that a person calls "#1001", "1001" or "kn-1001"."""
        key = clean_number(text).removeprefix("#")
        named = Q(upper_name__in=[key, f"#{key}"])
        if re.fullmatch(r"[0-9]{1,18}", key):
            named |= Q(number=int(key))
        return self.alias(upper_name=Upper("name")).filter(named)

    def with_product(self, product: Product) -> Self:
        """With a line of any of its SKUs. Asks for these: only so it is known how rare they are."""
        skus = [variant.sku for variant in product.variants.all() if variant.sku]
        lines = Line.objects.filter(order=OuterRef("pk"), sku__in=skus)
        return self.filter(Exists(lines)) if skus else self.none()

    def with_people(self) -> Self:
        """Whose they are, and what is known of the customer's addresses and numbers."""
        return self.select_related("customer").prefetch_related("customer__identities")

    def with_parts(self) -> Self:
        """Lines, parcels and refunds for a page, in four queries for any number of them."""
        parcels = Parcel.objects.prefetch_related("lines__line")
        return self.prefetch_related("lines", "refunds", Prefetch("parcels", parcels))

    def newest_first(self) -> Self:
        return self.order_by("-placed_at", "-id")


def _people_called(text: str) -> QuerySet[CustomerSearch, int]:
    """Customers whose search row carries every word, in any order; short words start one."""
    rows = CustomerSearch.objects.all()
    words = fold(words_of(text))
    for word in words:
        rows = rows.filter(doc__contains=word if len(word) >= 3 else f" {word}")
    return (rows if words else rows.none()).values_list("customer_id", flat=True)
