"""Where orders appear on other apps' pages, and how they are found from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from core.money import format_money
from core.pagination import asked_page
from core.patience import TooSlow, bounded
from core.slots import Found
from customers.levels import reached_at
from orders.models import Order, Parcel
from orders.tracking import clean_number

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.views import StorefrontRequest
    from customers.models import Customer
    from products.models import Product

SHOWN = 5
SHOWN_IN_ACCOUNT = 20
SHOWN_OF_PRODUCT = 10
NEWEST_FIRST = ("-placed_at", "-id")


def customer_orders(_request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The newest orders on the customer's page, how many there are, and how many do not count."""
    orders = Order.objects.filter(customer=customer)
    newest = list(orders.newest_first()[: SHOWN + 1])
    count, cancelled = len(newest), sum(one.cancelled_at is not None for one in newest)
    if count > SHOWN:
        every, off = Count("pk"), Count("cancelled_at")
        count, cancelled = orders.aggregate(every=every, off=off).values()
    shown = newest[:SHOWN]
    return {"orders": shown, "count": count, "cancelled": cancelled, "customer": customer}


def product_orders(request: HttpRequest, product: Product) -> dict[str, Any]:
    """The newest orders of any of its variants, on the product's page."""
    orders = Order.objects.visible_to(request.user).with_product(product)
    try:
        with bounded():
            newest = list(orders.with_people().newest_first()[: SHOWN_OF_PRODUCT + 1])
    except TooSlow:
        return {"orders": [], "has_more": True, "product": product}
    shown, more = newest[:SHOWN_OF_PRODUCT], newest[SHOWN_OF_PRODUCT:]
    return {"orders": shown, "has_more": bool(more), "product": product}


def account_orders(request: StorefrontRequest, *_subjects: Any) -> dict[str, Any]:
    """The customer's own orders on their account page, as many at once as one looks through."""
    orders = Order.objects.visible_to(request.user)
    return {"page": asked_page(request, orders, NEWEST_FIRST, size=SHOWN_IN_ACCOUNT)}


def customers_of_order(text: str) -> dict[int, str]:
    """Whose order is called "#1001" or "1001", or whose parcel has this tracking number."""
    if not any(letter.isdigit() for letter in text) or len(text) > 100:
        return {}
    number = clean_number(text)
    parcels = Parcel.objects.filter(number=number).select_related("order").order_by("-id")
    orders = Order.objects.with_name(text).order_by("-placed_at")
    found = [(one.order, _("Parcel %(number)s") % {"number": number}) for one in parcels[:SHOWN]]
    found += [(one, _("Order %(name)s") % {"name": one.name}) for one in orders[:SHOWN]]
    return {order.customer_id: why for order, why in found if order.customer_id}


def find_orders(request: HttpRequest, text: str) -> list[Found]:
    """Orders for the search over everything: by number, e-mail or tracking number.

    Names are left to the customers' own search.
    """
    if "@" not in text and not any(letter.isdigit() for letter in text):
        return []
    orders = Order.objects.visible_to(request.user).search(text).with_people().newest_first()
    try:
        with bounded():
            return [_found(order) for order in orders[:SHOWN]]
    except TooSlow:
        return []


def _found(order: Order) -> Found:
    who = order.customer or reached_at(order.email_identity)
    said = [who, format_money(order.total, order.currency), order.goods_label]
    detail = format_html_join(" · ", "{}", ((one,) for one in said))
    return Found(
        order.name, reverse("order_detail", args=[order.pk]), detail=detail, icon="package"
    )
