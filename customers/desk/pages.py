"""The list, one customer, and a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core.htmx import redirect_page, render_page
from core.permissions import require
from core.slots import fill
from customers import slots
from customers.bulk.kinds import kinds_for
from customers.bulk.permissions import can_change_all_matching
from customers.desk.reach import get_unmasked
from customers.desk.sections import PAGE, all_sections, rights
from customers.forms import NewCustomerForm
from customers.importing.permissions import can_import
from customers.list_figures import list_figures
from customers.masked_listing import customer_list_for
from customers.masking import as_seen_by, count_look_up, mask_people, sees_masked
from customers.models import (
    AddressTaken,
    Channel,
    Consent,
    Customer,
    Identity,
    TooManyTags,
    email_key,
)
from customers.models.tags import names_in
from customers.permissions import can_edit_customers, can_export_customers, can_see_customers
from lists.pages import show

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.slots import FilledPanel, Panel, Slot
    from core.views import DeskRequest


@require_safe
def customer_list(request: DeskRequest) -> HttpResponse:
    require(can_see_customers(request.user))
    kinds = kinds_for(request.user)
    context = {
        "page_title": _("Customers"),
        "figures": [] if request.htmx else list_figures(),
        "may_export": can_export_customers(request.user),
        "may_import": can_import(request.user),
        "may_change_all_matching": can_change_all_matching(request.user),
        "may_pick": bool(kinds),
        "sees_masked": sees_masked(request.user),
        "bulk_buttons": [kind for kind in kinds if not kind.icon],
        "bulk_menu": [kind for kind in kinds if kind.icon],
        **rights(request.user),
    }
    return show(request, customer_list_for(request.user), "customers/list.html", context)


def _fill(slot: Slot[Panel], request: DeskRequest, customer: Customer) -> list[FilledPanel]:
    return fill(slot.entries(), request, customer, only_plain=customer.is_masked)


@require_GET
def customer_detail(request: DeskRequest, pk: int) -> HttpResponse:
    customer = as_seen_by(request.user, get_unmasked(request, pk))
    require(can_see_customers(request.user))
    context = {
        "page_title": customer.name,
        "notices": _fill(slots.customer_notices, request, customer),
        "actions": _fill(slots.customer_actions, request, customer),
        "more_actions": _fill(slots.customer_more_actions, request, customer),
        "panels": _fill(slots.customer_panels, request, customer),
        "side_panels": _fill(slots.customer_side_panels, request, customer),
        **rights(request.user),
        **all_sections(request, customer),
    }
    return render_page(request, "customers/detail.html", context)


@require_safe
def customer_menu(request: DeskRequest, pk: int) -> HttpResponse:
    """What may be done with a customer, for the menu of their row in the list."""
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    if not request.htmx:
        return redirect_page(request, "customer_detail", pk)
    seen = as_seen_by(request.user, customer)
    lines = _fill(slots.customer_row_menu, request, seen)
    context = {"customer": seen, "lines": lines, **rights(request.user)}
    return render_page(request, PAGE, context, partial="row_menu")


@require_http_methods(["GET", "HEAD", "POST"])
def customer_create(request: DeskRequest) -> HttpResponse:
    require(can_edit_customers(request.user))
    form = NewCustomerForm(request.POST or None)
    if request.method != "POST":
        return _create_page(request, form)
    if not form.is_valid():
        return _create_page(request, form, status=422)
    if form.cleaned_data["email"]:
        count_look_up(request.user)
    try:
        customer = _create(request, form)
    except AddressTaken:
        owner = (
            Identity.objects.emails().primary().filter(key=email_key(form.cleaned_data["email"]))
        )
        form.add_error("email", _("Another customer has this address."))
        taken_by = list(owner.select_related("customer"))
        mask_people(request.user, taken_by)
        return _create_page(request, form, taken_by=taken_by[0] if taken_by else None, status=422)
    except TooManyTags:
        form.add_error("tags", _("A customer carries at most 250 tags."))
        return _create_page(request, form, status=422)
    messages.success(request, _("The customer is added."))
    return redirect_page(request, "customer_detail", pk=customer.pk)


@transaction.atomic
def _create(request: DeskRequest, form: NewCustomerForm) -> Customer:
    given = form.cleaned_data
    customer = Customer.create(
        by=request.user,
        email=given["email"],
        phone=given["phone"],
        tags=names_in(given["tags"]),
        **form.person(),
    )
    if given["subscribed"]:
        customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=request.user)
    return customer


def _create_page(
    request: DeskRequest, form: NewCustomerForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"page_title": _("Add customer"), "form": form, **more}
    return render_page(request, "customers/create.html", context, status=status)
