"""The customer's own orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.models import Order

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import StorefrontRequest


@require_safe
def account_order(request: StorefrontRequest, pk: int) -> HttpResponse:
    """One of the customer's own orders; 404 for any other, whether it exists or not."""
    order = get_object_or_404(Order.objects.visible_to(request.user).with_parts(), pk=pk)
    title = _("Order %(name)s") % {"name": order.name}
    return render(request, "orders/account_order.html", {"order": order, "page_title": title})
