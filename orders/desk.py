"""Staff's pages of orders: the list and one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.money import format_money
from core.permissions import require
from customers.importing.permissions import can_import
from customers.masking import sees_masked
from lists.pages import show
from orders.listing import ORDERS
from orders.models import Order
from orders.permissions import can_see_orders
from orders.timeline import timeline_of_order
from products.models import Product
from shop.context import shop_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from core.views import DeskRequest
    from customers.models import Customer


@require_safe
def order_list(request: DeskRequest) -> HttpResponse:
    require(can_see_orders(request.user))
    context = {
        "page_title": _("Orders"),
        "may_import": can_import(request.user),
        "sees_masked": sees_masked(request.user),
    }
    return show(request, ORDERS, "orders/list.html", context)


@require_safe
def order_detail(request: DeskRequest, pk: int) -> HttpResponse:
    orders = Order.objects.visible_to(request.user).with_people().with_parts()
    order = get_object_or_404(orders, pk=pk)
    require(can_see_orders(request.user))
    _link_lines(order, request.user)
    customer = order.customer
    spent = _spent(customer, shop_of(request).currency) if customer else ""
    context = {
        "page_title": order.name,
        "order": order,
        "customer": customer,
        "spent": spent,
        "timeline": timeline_of_order(order),
    }
    return render_page(request, "orders/detail.html", context)


def _link_lines(order: Order, user: User) -> None:
    """Let each line know where the product stands that has its SKU today, if any."""
    lines = order.lines.all()
    known = Product.objects.visible_to(user).by_sku(line.sku for line in lines)
    for line in lines:
        if product := known.get(line.sku):
            line.product_url = reverse("product_detail", args=[product.pk])


def _spent(customer: Customer, currency: str) -> str:
    return format_money(customer.amount_spent, customer.export_currency or currency)
