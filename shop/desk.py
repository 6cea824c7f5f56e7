"""Settings › Shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.conflicts import ChangedMeanwhile, differences, once_more
from core.htmx import render_page
from core.permissions import can_read, require
from shop.colours import best_ink
from shop.forms import LogoForm, ShopForm
from shop.models import Shop, StoredFile
from shop.permissions import can_change_shop

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: DeskRequest) -> HttpResponse:
    """Read by all staff, changed by owners and leads."""
    require(can_read(request.user))
    shop = Shop.current()
    if request.method != "POST":
        return _page(request, shop, ShopForm(instance=shop))
    require(can_change_shop(request.user))
    form = ShopForm(request.POST, instance=Shop.current())
    if not form.is_valid():
        return _page(request, shop, form, status=422)
    try:
        shop.change(
            by=request.user, expected_version=form.cleaned_data["version"], **form.changes()
        )
    except ChangedMeanwhile:
        return _changed_meanwhile(request)
    messages.success(request, _("The shop's settings are saved."))
    return redirect("shop_settings")


@require_POST
def logo(request: DeskRequest) -> HttpResponse:
    """Show another logo."""
    require(can_change_shop(request.user))
    shop = Shop.current()
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, shop, ShopForm(instance=shop), logo_form=form, status=422)
    picture = form.cleaned_data["logo"]
    shop.change_logo(
        StoredFile.store(picture, name="logo.png", content_type="image/png", by=request.user),
        by=request.user,
    )
    messages.success(request, _("The logo is saved."))
    return redirect("shop_settings")


@require_POST
def logo_removal(request: DeskRequest) -> HttpResponse:
    """Show the shop's name instead of a logo."""
    require(can_change_shop(request.user))
    Shop.current().change_logo(None, by=request.user)
    messages.success(request, _("The logo is removed."))
    return redirect("shop_settings")


def _changed_meanwhile(request: DeskRequest) -> HttpResponse:
    mine = ShopForm(
        once_more(request.POST, version=Shop.current().version), instance=Shop.current()
    )
    both = differences(ShopForm(instance=Shop.current()), mine)
    return _page(request, Shop.current(), mine, changed_meanwhile=both, status=409)


def _page(
    request: DeskRequest,
    shop: Shop,
    form: ShopForm,
    *,
    logo_form: LogoForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    may_change = can_change_shop(request.user)
    for field in form.fields.values():
        field.disabled = not may_change
    colour = form["colour"].value() if form["colour"].errors == [] else shop.colour
    context = {
        "page_title": _("Shop"),
        "form": form,
        "logo_form": logo_form or LogoForm(),
        "may_change": may_change,
        "colour": colour,
        "colour_ink": best_ink(colour),
        "stored_shop": shop,
        **more,
    }
    return render_page(request, "shop/settings.html", context, status=status)
