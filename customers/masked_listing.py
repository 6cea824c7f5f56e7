"""The customers' list for whoever sees contact details and orders masked (customers/masking.py).

No column, sort or filter tells of these, and an address, a number or an order is found by the whole
of it alone: what a part of it finds would spell it out, letter by letter. So would the place of
somebody without a name in the order of names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.listing import Asked, Listing
from customers.exact_hits import exact
from customers.forms import CustomerFilter
from customers.listing import CUSTOMERS, CustomerList
from customers.masking import count_look_up, masked, sees_masked
from customers.models import Customer, CustomerSearch
from customers.search_terms import Wanted

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from customers.querysets import CustomerQuerySet

SORTS = {"newest", "updated"}
COLUMNS = {"name", "company", "subscription", "account", "language", "tags", "created", "updated"}
WITH_A_NAME = (
    Q(customer__first_name__regex=r"\S")
    | Q(customer__last_name__regex=r"\S")
    | Q(customer__company__regex=r"\S")
)


class MaskedCustomerFilter(CustomerFilter):
    country = None  # type: ignore[assignment]  # Django's way of leaving a field out
    orders_min = orders_max = None  # type: ignore[assignment]  # as above
    spent_min = spent_max = None  # type: ignore[assignment]  # as above


class MaskedCustomerList(CustomerList):
    filters_template = "customers/_masked_filter_fields.html"
    search_label = _("Name, or a whole e-mail address, phone or order number")
    form = MaskedCustomerFilter
    sorts = tuple(sort for sort in CustomerList.sorts if sort.name in SORTS)
    columns = tuple(
        replace(column, sort=column.sort if column.sort in SORTS else "")
        for column in CustomerList.columns
        if column.name in COLUMNS
    )

    def read(self, asked: Asked, *, user: User) -> Listing[Customer]:
        if _may_be_whole(asked.text):
            count_look_up(user)
        return super().read(asked, user=user)

    def answer(self, asked: Asked, user: User) -> Listing[Customer]:
        """Of those, too, who have shown who they are: theirs stands on their page."""
        listing = super().answer(asked, user)
        rows = [masked(one) for one in listing.page.rows]
        return replace(listing, page=replace(listing.page, rows=rows))

    def with_what_is_shown(self, rows: CustomerQuerySet, asked: Asked) -> CustomerQuerySet:
        return rows.with_tags() if "tags" in asked.columns else rows

    def searched(self, rows: CustomerQuerySet, asked: Asked) -> Listing[Customer]:
        return self.listing(self.found(rows, asked), asked)

    def found(self, rows: CustomerQuerySet, asked: Asked) -> CustomerQuerySet:
        return rows.filter(Q(pk__in=list(exact(asked.text))) | Q(pk__in=_called(asked.text)))

    def what_is_quick(self, asked: Asked, user: User) -> Listing[Customer]:  # noqa: ARG002 -- a list's shape
        return Listing(is_too_slow=True)


def _may_be_whole(text: str) -> bool:
    """An address, a number or an order; anything else is a name."""
    return "@" in text or any(letter.isdigit() for letter in text)


def _called(text: str) -> QuerySet[CustomerSearch, int]:
    """Whose name or company has each of the words at the beginning of one of its own."""
    wanted = Wanted.of(text)
    if not wanted:
        return CustomerSearch.objects.none().values_list("pk", flat=True)
    condition, values = wanted.where_best()
    hits = CustomerSearch.objects.filter(WITH_A_NAME)
    hits = hits.extra(where=[condition], params=values)  # noqa: S610 -- placeholders
    return hits.values_list("pk", flat=True)


MASKED_CUSTOMERS = MaskedCustomerList()


def customer_list_for(user: User) -> CustomerList:
    return MASKED_CUSTOMERS if sees_masked(user) else CUSTOMERS
