"""Postal addresses, consents, tags, and whether the customer may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.conflicts import ChangedMeanwhile, differences, once_more
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.desk.sections import is_on_the_page_of, on_hold, show_section
from customers.forms import AddressForm, ConsentForm, TagForm
from customers.masking import as_seen_by
from customers.models import (
    Address,
    Channel,
    Consent,
    Customer,
    OnHold,
    Tag,
    TooManyTags,
)
from customers.permissions import can_disable_customers, can_edit_customers, can_see_customers
from shop.models import Shop

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

TAGS_OFFERED = 12


@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    likely = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "country": customer.country or Shop.current().country,
    }
    form = AddressForm(request.POST or None, initial=likely)
    if request.method != "POST" or not form.is_valid():
        return _address_page(request, customer, form, status=422 if form.is_bound else 200)
    try:
        customer.add_address(by=request.user, **form.parts())
    except OnHold:
        return _address_on_hold(request, customer, form)
    messages.success(request, _("The address is saved."))
    return show_section(request, customer, "addresses")


@require_http_methods(["GET", "HEAD", "POST"])
def address_edit(request: DeskRequest, pk: int, address_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    address = get_object_or_404(Address, pk=address_id, customer=customer)
    form = AddressForm(request.POST or None, instance=address, initial={"version": address.version})
    if request.method != "POST" or not form.is_valid():
        return _address_page(
            request, customer, form, address=address, status=422 if form.is_bound else 200
        )
    version = form.cleaned_data["version"] or 0
    try:
        address.change(by=request.user, expected_version=version, **form.parts())
    except ChangedMeanwhile:
        return _address_changed_meanwhile(request, customer, address_id)
    except OnHold:
        return _address_on_hold(request, customer, form, address=address)
    messages.success(request, _("The address is saved."))
    return show_section(request, customer, "addresses")


def _address_changed_meanwhile(
    request: DeskRequest, customer: Customer, address_id: int
) -> HttpResponse:
    address = get_object_or_404(Address, pk=address_id, customer=customer)
    mine = AddressForm(once_more(request.POST, version=address.version))
    both = differences(AddressForm(instance=address), mine)
    return _address_page(
        request, customer, mine, address=address, changed_meanwhile=both, status=409
    )


def _address_on_hold(
    request: DeskRequest, customer: Customer, form: AddressForm, *, address: Address | None = None
) -> HttpResponse:
    form.add_error(None, on_hold())
    return _address_page(request, customer, form, address=address, status=409)


def _address_page(
    request: DeskRequest,
    customer: Customer,
    form: AddressForm,
    *,
    address: Address | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "page_title": _("Edit address") if address else _("Add address"),
        "customer": customer,
        "address": address,
        "form": form,
        "is_inline": is_on_the_page_of(customer, request),
        "part": "customers/_address_edit.html",
        **more,
    }
    return render_page(
        request, "customers/form_page.html", context, partial="address_edit", status=status
    )


@require_POST
def address_removal(request: DeskRequest, pk: int, address_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    address = get_object_or_404(Address, pk=address_id, customer=customer)
    try:
        address.remove(by=request.user)
    except OnHold:
        messages.error(request, on_hold())
    return show_section(request, customer, "addresses")


@require_POST
def address_default(request: DeskRequest, pk: int, address_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    address = get_object_or_404(Address, pk=address_id, customer=customer)
    try:
        address.make_default(by=request.user)
    except OnHold:
        messages.error(request, on_hold())
    return show_section(request, customer, "addresses")


@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    form = ConsentForm(request.POST or None, customer=customer)
    if request.method != "POST" or not form.is_valid():
        return _consents_page(request, customer, form, status=422 if form.is_bound else 200)
    try:
        _set_consents(request, customer, form)
    except ChangedMeanwhile:
        return _consents_changed_meanwhile(request, pk)
    messages.success(request, _("The changes are saved."))
    return show_section(request, customer, "marketing")


@transaction.atomic
def _set_consents(request: DeskRequest, customer: Customer, form: ConsentForm) -> None:
    """Only what was changed in the form: the rest may be newer than what it shows."""
    for channel in Channel:
        seen = Consent(form.cleaned_data[f"{channel.value}_seen"])
        state = Consent(form.cleaned_data[channel.value])
        if state != seen:
            customer.set_consent(channel, state, by=request.user, expected=seen)


def _consents_changed_meanwhile(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    seen = {"email_seen": customer.email_consent, "sms_seen": customer.sms_consent}
    mine = ConsentForm(once_more(request.POST, **seen), customer=customer)
    both = differences(ConsentForm(customer=customer), mine)
    return _consents_page(request, customer, mine, changed_meanwhile=both, status=409)


def _consents_page(
    request: DeskRequest, customer: Customer, form: ConsentForm, *, status: int, **more: Any
) -> HttpResponse:
    context = {
        "page_title": _("Marketing"),
        "customer": as_seen_by(request.user, customer),
        "form": form,
        "is_inline": is_on_the_page_of(customer, request),
        "part": "customers/_marketing_edit.html",
        **more,
    }
    return render_page(
        request, "customers/form_page.html", context, partial="marketing_edit", status=status
    )


@require_POST
def tag_add(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    form = TagForm(request.POST)
    if form.is_valid():
        try:
            customer.tag_all(form.cleaned_data["tag"], by=request.user)
            return show_section(request, customer, "tags")
        except TooManyTags:
            form.add_error("tag", _("A customer carries at most 250 tags."))
    messages.error(request, str(form.errors["tag"][0]))
    return show_section(request, customer, "tags", tag_form=form)  # with what was typed


@require_safe
def tag_list(request: DeskRequest) -> HttpResponse:
    """The tags in use that fit what is being typed, for a field to offer."""
    require(can_see_customers(request.user))
    if not request.htmx:
        return redirect_page(request, "customer_list")
    typed = request.GET.get("tag", "")[:500].rpartition(",")
    tags = Tag.objects.suggested(typed[2].strip())[:TAGS_OFFERED]
    context = {"tags": tags, "before": "".join(typed[:2])}
    return render_page(request, "customers/list.html", context, partial="tag_names")


@require_POST
def tag_removal(request: DeskRequest, pk: int, tag_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    customer.untag(get_object_or_404(Tag, pk=tag_id), by=request.user)
    return show_section(request, customer, "tags")


@require_POST
def disabling(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_disable_customers(request.user))
    if customer.disable(by=request.user):
        messages.success(request, _("The account is disabled. All devices are signed out."))
    return redirect_page(request, "customer_detail", pk=pk)


@require_POST
def enabling(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_disable_customers(request.user))
    if customer.enable_again(by=request.user):
        messages.success(request, _("The customer can sign in again."))
    return redirect_page(request, "customer_detail", pk=pk)
