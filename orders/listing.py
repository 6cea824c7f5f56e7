"""The orders' list: its views, sorts and filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from core import words
from core.listing import Asked, Column, DeskList, Listing, Sort, View
from customers.masking import sees_masked
from orders.forms import OrderFilter
from orders.models import FulfillmentStatus, Order, OrderQuerySet
from orders.models.statuses import AWAITING_MONEY, ON_THE_WAY
from orders.permissions import can_see_orders
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User

TO_SHIP = Q(
    cancelled_at=None,
    fulfillment_status__in=[FulfillmentStatus.UNFULFILLED, FulfillmentStatus.PARTIAL],
)
UNPAID = Q(cancelled_at=None, financial_status__in=AWAITING_MONEY)
CANCELLED = Q(cancelled_at__isnull=False)
VIEWS = [
    View("all", _("All")),
    View("to_ship", _("To ship"), lambda orders: orders.filter(TO_SHIP)),
    View("unpaid", _("Unpaid"), lambda orders: orders.filter(UNPAID)),
    View("on_the_way", _("On the way"), lambda orders: orders.filter(ON_THE_WAY)),
    View("cancelled", _("Cancelled"), lambda orders: orders.filter(CANCELLED)),
]


class OrderList(DeskList[Order]):
    name = "order"
    filters_template = "orders/_filter_fields.html"
    search_label = _("Number, name, e-mail or tracking number")
    form = OrderFilter
    sorts = (
        Sort("newest", _("Newest first"), _("Oldest first"), "placed_at"),
        Sort("total", _("Highest total"), _("Lowest total"), "total"),
        Sort("number", _("Highest number"), _("Lowest number"), "number"),
    )
    columns = (
        Column("number", pgettext_lazy("purchase", "Order"), sort="number"),
        Column("placed", _("Date"), sort="newest"),
        Column("customer", _("Customer")),
        Column("email", _("E-mail"), is_usual=False),
        Column("money", _("Payment"), widths="only-roomy"),
        Column("goods", _("Delivery")),
        Column("total", _("Total"), sort="total", kind="num"),
    )

    def rows(self, user: User) -> OrderQuerySet:
        return Order.objects.visible_to(user)

    def sees_all_rows(self, user: User) -> bool:
        return can_see_orders(user) and not sees_masked(user)

    def views(self) -> list[View]:
        return VIEWS

    def searched(self, rows: OrderQuerySet, asked: Asked) -> Listing[Order]:
        return self.listing(rows.search(asked.text), asked)

    def filtered(self, rows: OrderQuerySet, filters: dict[str, Any]) -> OrderQuerySet:
        for name, value in filters.items():
            rows = FILTERS[name](rows, value)
        return rows

    def with_what_is_shown(self, rows: OrderQuerySet, _asked: Asked) -> OrderQuerySet:
        return rows.with_people()

    def in_words(self, count: int) -> str:
        sentence = ngettext("%(count)s order", "%(count)s orders", count)
        return sentence % {"count": words.number(count)}


def _goods(rows: OrderQuerySet, value: str) -> OrderQuerySet:
    if value == "delivered":
        return rows.filter(delivered_at__isnull=False)
    return rows.filter(fulfillment_status=value)


def _product(rows: OrderQuerySet, pk: int) -> OrderQuerySet:
    product = Product.objects.filter(pk=pk).first()
    return rows.with_product(product) if product else rows.none()


def _midnight(day: date) -> datetime:
    """When a day begins in the shop's time zone, which is current during a request."""
    return timezone.make_aware(datetime.combine(day, time.min))


FILTERS: dict[str, Callable[[OrderQuerySet, Any], OrderQuerySet]] = {
    "customer": lambda rows, pk: rows.filter(customer=pk),
    "product": _product,
    "money": lambda rows, status: rows.filter(financial_status=status),
    "goods": _goods,
    "placed_from": lambda rows, day: rows.filter(placed_at__gte=_midnight(day)),
    "placed_to": lambda rows, day: rows.filter(placed_at__lt=_midnight(day + timedelta(days=1))),
}
ORDERS = OrderList()
