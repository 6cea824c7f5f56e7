"""Where orders appear on other apps' pages, and how they are found from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from core.money import format_money
from core.slots import Found
from orders.models import Order, Parcel
from orders.tracking import clean_number

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.views import StorefrontRequest
    from customers.models import Customer

SHOWN = 5
SHOWN_IN_ACCOUNT = 20


def customer_orders(_request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The newest orders on the customer's page, and how many there are in all."""
    orders = Order.objects.filter(customer=customer)
    newest = list(orders.newest_first()[: SHOWN + 1])
    more = len(newest) > SHOWN
    count = orders.count() if more else len(newest)
    return {"orders": newest[:SHOWN], "count": count, "customer": customer}


def account_orders(request: StorefrontRequest, *_subjects: Any) -> dict[str, Any]:
    """The customer's own orders on their account page."""
    orders = Order.objects.visible_to(request.user).newest_first()
    return {"orders": list(orders[:SHOWN_IN_ACCOUNT])}


def customers_of_order(text: str) -> list[int]:
    """Whose order is called "#1001" or "1001", or whose parcel has this tracking number."""
    if not any(letter.isdigit() for letter in text) or len(text) > 100:
        return []
    by_name = Order.objects.with_name(text).exclude(customer=None)
    found = list(by_name.order_by("-placed_at").values_list("customer_id", flat=True)[:SHOWN])
    parcels = Parcel.objects.filter(number=clean_number(text)).exclude(order__customer=None)
    found += parcels.order_by("-id").values_list("order__customer_id", flat=True)[:SHOWN]
    return list(dict.fromkeys(found))


def find_orders(request: HttpRequest, text: str) -> list[Found]:
    """Orders for the search over everything: by number, e-mail or tracking number.

    Names are left to the customers' own search.
    """
    if "@" not in text and not any(letter.isdigit() for letter in text):
        return []
    orders = Order.objects.visible_to(request.user).search(text).with_people()
    return [_found(order) for order in orders.newest_first()[:SHOWN]]


def _found(order: Order) -> Found:
    who = str(order.customer) if order.customer else order.email
    detail = " · ".join([who, format_money(order.total, order.currency), str(order.goods_label)])
    return Found(
        order.name, reverse("order_detail", args=[order.pk]), detail=detail, icon="package"
    )
