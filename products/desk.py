"""Staff's pages of products: the list and one product. Only the shop's own system changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.htmx import render_page
from core.permissions import require
from core.slots import fill
from customers.importing.permissions import can_import
from customers.masking import sees_masked
from lists.pages import show
from products.listing import PRODUCTS
from products.models import Product
from products.permissions import can_see_products
from products.slots import product_panels
from products.timeline import timeline_of_product

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

# A product of more is looked through in the shop's own system.
MOST_VARIANTS = 250


@require_safe
def product_list(request: DeskRequest) -> HttpResponse:
    require(can_see_products(request.user))
    context = {"page_title": _("Products"), "may_import": can_import(request.user)}
    return show(request, PRODUCTS, "products/list.html", context)


@require_safe
def product_detail(request: DeskRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product.objects.visible_to(request.user), pk=pk)
    require(can_see_products(request.user))
    context = {
        "page_title": product.title,
        "product": product,
        "variants": product.variants.all()[:MOST_VARIANTS],
        "left_out": max(0, product.variants_count - MOST_VARIANTS),
        "panels": fill(
            product_panels.entries(), request, product, only_plain=sees_masked(request.user)
        ),
        "timeline": timeline_of_product(product),
    }
    return render_page(request, "products/detail.html", context)
