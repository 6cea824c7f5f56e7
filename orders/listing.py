"""The list of orders as its address describes it: view, search, filters, sort, one page of rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.pagination import BadCursor, KeysetPage, keyset_page
from customers.search import TooSlow, bounded
from orders.models import FinancialStatus, FulfillmentStatus, Order, OrderQuerySet
from orders.models.statuses import AWAITING_MONEY

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from core.views import DeskRequest

TO_SHIP = Q(
    cancelled_at=None,
    fulfillment_status__in=[FulfillmentStatus.UNFULFILLED, FulfillmentStatus.PARTIAL],
)
UNPAID = Q(cancelled_at=None, financial_status__in=AWAITING_MONEY)
ON_THE_WAY = Q(cancelled_at=None, delivered_at=None, fulfillment_status=FulfillmentStatus.FULFILLED)
VIEWS: dict[str, tuple[_StrPromise, Q]] = {
    "": (_("All"), Q()),
    "to_ship": (_("To ship"), TO_SHIP),
    "unpaid": (_("Unpaid"), UNPAID),
    "on_the_way": (_("On the way"), ON_THE_WAY),
    "cancelled": (_("Cancelled"), Q(cancelled_at__isnull=False)),
}
# Each sort has an index of its own, and no sort can meet an empty value.
SORTS: dict[str, tuple[_StrPromise, tuple[str, str]]] = {
    "newest": (_("Newest first"), ("-placed_at", "-id")),
    "oldest": (_("Oldest first"), ("placed_at", "id")),
    "-total": (_("Highest total"), ("-total", "-id")),
    "total": (_("Lowest total"), ("total", "id")),
    "-number": (_("Highest number"), ("-number", "-id")),
    "number": (_("Lowest number"), ("number", "id")),
}
PAGE_SIZE = 50
DAY = forms.DateInput({"type": "date", "class": "input"}, format="%Y-%m-%d")
CHOICE = forms.Select({"class": "input"})
# Beyond them, times of the next day or in another zone cannot be reckoned.
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
GOODS = [*FulfillmentStatus.choices, ("delivered", _("Delivered"))]


class OrderFilter(forms.Form):
    """What stands in the list's address. What cannot be read is left out, and named."""

    q = forms.CharField(required=False, max_length=200, label=_("Search"))
    view = forms.ChoiceField(required=False, choices=[(key, key) for key in VIEWS])
    money = forms.ChoiceField(
        required=False,
        label=_("Payment"),
        widget=CHOICE,
        choices=[("", _("Any payment")), *FinancialStatus.choices],
    )
    goods = forms.ChoiceField(
        required=False,
        label=_("Delivery"),
        widget=CHOICE,
        choices=[("", _("Any delivery")), *GOODS],
    )
    placed_from = forms.DateField(required=False, label=_("From"), widget=DAY, validators=DAYS)
    placed_to = forms.DateField(required=False, label=_("To"), widget=DAY, validators=DAYS)
    sort = forms.ChoiceField(
        required=False,
        label=_("Sort"),
        choices=[(key, label) for key, (label, _o) in SORTS.items()],
    )
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@dataclass
class OrderList:
    """One page of the list and all that is said around it."""

    form: OrderFilter
    page: KeysetPage[Order] = field(default_factory=KeysetPage)
    total: int = 0
    is_exact: bool = True
    is_unreadable: bool = False
    is_too_slow: bool = False

    @classmethod
    def read(cls, request: DeskRequest) -> OrderList:
        form = OrderFilter(request.GET)
        listing = cls(form, is_unreadable=not form.is_valid())
        rows = listing._rows(Order.objects.visible_to(request.user))
        try:
            with bounded():
                listing.total, listing.is_exact = rows.counted()
                listing._turn_to(rows.with_people(), request.GET.get("cursor", ""))
        except TooSlow:
            listing.is_too_slow = True
        return listing

    @property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def sort(self) -> str:
        return str(self.asked.get("sort", "newest"))

    @property
    def is_narrowed(self) -> bool:
        """Something other than the sort decides what is shown."""
        return bool(self.asked.keys() - {"sort"})

    def _rows(self, orders: OrderQuerySet) -> OrderQuerySet:
        asked = self.asked
        rows = orders.search(asked.get("q", "")).filter(VIEWS[asked.get("view", "")][1])
        if money := asked.get("money"):
            rows = rows.filter(financial_status=money)
        if goods := asked.get("goods"):
            rows = rows.filter(_goods(goods))
        if customer := asked.get("customer"):
            rows = rows.filter(customer=customer)
        if day := asked.get("placed_from"):
            rows = rows.filter(placed_at__gte=_midnight(day))
        if day := asked.get("placed_to"):
            rows = rows.filter(placed_at__lt=_midnight(day + timedelta(days=1)))
        return rows

    def _turn_to(self, rows: OrderQuerySet, cursor: str) -> None:
        ordering = SORTS[self.sort][1]
        try:
            self.page = keyset_page(rows, ordering, cursor=cursor, size=PAGE_SIZE)
        except BadCursor:
            self.is_unreadable = True
            self.page = keyset_page(rows, ordering, size=PAGE_SIZE)


def _goods(value: str) -> Q:
    if value == "delivered":
        return Q(delivered_at__isnull=False)
    return Q(fulfillment_status=value)


def _midnight(day: date) -> datetime:
    """When a day begins in the shop's time zone, which is current during a request."""
    return timezone.make_aware(datetime.combine(day, time.min))
