"""Staff's pages of orders: the list and one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.money import format_money
from core.permissions import require
from core.words import number
from customers.models import Customer
from orders.listing import SORTS, VIEWS, OrderList
from orders.models import Order
from orders.permissions import can_see_orders
from orders.timeline import timeline_of_order
from shop.context import shop_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_safe
def order_list(request: DeskRequest) -> HttpResponse:
    require(can_see_orders(request.user))
    listing = OrderList.read(request)
    context = {
        "page_title": _("Orders"),
        "listing": listing,
        "tabs": _tabs(request.GET, listing),
        "columns": _columns(request.GET, listing),
        "total": _total(listing),
        "customer": _customer(listing),
    }
    return render_page(request, "orders/list.html", context, partial="order_rows")


@require_safe
def order_detail(request: DeskRequest, pk: int) -> HttpResponse:
    orders = Order.objects.visible_to(request.user).with_people().with_parts()
    order = get_object_or_404(orders, pk=pk)
    require(can_see_orders(request.user))
    customer = order.customer
    spent = format_money(customer.amount_spent, shop_of(request).currency) if customer else ""
    context = {
        "page_title": order.name,
        "order": order,
        "customer": customer,
        "spent": spent,
        "timeline": timeline_of_order(order),
    }
    return render_page(request, "orders/detail.html", context)


def _tabs(query: QueryDict, listing: OrderList) -> list[dict[str, object]]:
    now = listing.asked.get("view", "")
    return [
        {"label": label, "url": _address(query, view=view), "is_current": view == now}
        for view, (label, _rows) in VIEWS.items()
    ]


def _columns(query: QueryDict, listing: OrderList) -> dict[str, dict[str, str]]:
    """For each column that sorts: where a click leads, and how it is sorted now (ARIA's words)."""
    ways = {
        "number": ("-number", "number"),
        "date": ("newest", "oldest"),
        "total": ("-total", "total"),
    }
    columns = {}
    for name, (down, up) in ways.items():
        state = {down: "descending", up: "ascending"}.get(listing.sort, "")
        columns[name] = {
            "url": _address(query, sort=up if listing.sort == down else down),
            "state": state,
        }
    return columns


def _address(query: QueryDict, **changes: str) -> str:
    """This list's address with some of its words changed, from the first page."""
    changed = query.copy()
    changed.pop("cursor", None)
    for name, value in changes.items():
        if value and value != next(iter(SORTS)):
            changed[name] = value
        else:
            changed.pop(name, None)
    return f"?{changed.urlencode()}"


def _total(listing: OrderList) -> str:
    words = ngettext("%(count)s order", "%(count)s orders", listing.total) % {
        "count": number(listing.total)
    }
    return words if listing.is_exact else _("about %(count)s") % {"count": words}


def _customer(listing: OrderList) -> Customer | None:
    asked = listing.asked.get("customer")
    return Customer.objects.filter(pk=asked).first() if asked else None
