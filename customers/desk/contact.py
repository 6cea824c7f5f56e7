"""Names, addresses to write to, and numbers: edited in place, or on a page without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.conflicts import ChangedMeanwhile, differences, once_more
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.sections import get_visible, show_section
from customers.forms import ContactForm, IdentityForm
from customers.models import AddressTaken, Customer, Identity, LastWayIn
from customers.permissions import can_edit_customers

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_visible(request, pk)
    require(can_edit_customers(request.user))
    if request.method != "POST":
        return _edit_page(request, customer, ContactForm(initial=_as_typed(customer)))
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, customer, form, status=422)
    version = form.cleaned_data["version"]
    try:
        customer.change(by=request.user, expected_version=version, **form.person())
    except ChangedMeanwhile:
        return _changed_meanwhile(request, pk)
    messages.success(request, _("The changes are saved."))
    # The name stands in the page's head, too.
    return redirect_page(request, "customer_detail", pk=pk)


def _as_typed(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in (*Customer.STAFF_FIELDS, "version")}


def _changed_meanwhile(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_visible(request, pk)
    mine = ContactForm(once_more(request.POST, version=customer.version))
    both = differences(ContactForm(initial=_as_typed(customer)), mine)
    return _edit_page(request, customer, mine, changed_meanwhile=both, status=409)


def _edit_page(
    request: DeskRequest, customer: Customer, form: ContactForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "page_title": _("Edit %(name)s") % {"name": customer.name},
        "customer": customer,
        "form": form,
        "identities": sorted(customer.identities.all(), key=lambda one: (one.kind, one.pk)),
        "part": "customers/_contact_edit.html",
        **more,
    }
    return render_page(
        request, "customers/form_page.html", context, partial="contact_edit", status=status
    )


@require_POST
def identity_add(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_visible(request, pk)
    require(can_edit_customers(request.user))
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return _refuse(
            request, customer, _("This is no e-mail address and no phone number we know.")
        )
    add = customer.add_email if form.cleaned_data["kind"] == "email" else customer.add_phone
    try:
        add(form.cleaned_data["value"], by=request.user)
    except AddressTaken:
        return _refuse(request, customer, _("Another customer has this address."))
    return show_section(request, customer, "contact")


@require_POST
def identity_removal(request: DeskRequest, pk: int, identity_id: int) -> HttpResponse:
    customer = get_visible(request, pk)
    require(can_edit_customers(request.user))
    identity = get_object_or_404(Identity, pk=identity_id, customer=customer)
    try:
        customer.remove_identity(identity, by=request.user)
    except LastWayIn:
        return _refuse(
            request, customer, _("The customer signs in with this address: add another one first.")
        )
    except AddressTaken:
        return _refuse(
            request, customer, _("The address that would follow belongs to another customer.")
        )
    return show_section(request, customer, "contact")


@require_POST
def identity_primary(request: DeskRequest, pk: int, identity_id: int) -> HttpResponse:
    customer = get_visible(request, pk)
    require(can_edit_customers(request.user))
    identity = get_object_or_404(Identity, pk=identity_id, customer=customer)
    try:
        customer.make_primary(identity, by=request.user)
    except AddressTaken:
        return _refuse(request, customer, _("Another customer has this address."))
    return show_section(request, customer, "contact")


def _refuse(request: DeskRequest, customer: Customer, why: str) -> HttpResponse:
    messages.error(request, why)
    return show_section(request, customer, "contact")
