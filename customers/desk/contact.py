"""Names, addresses to write to, and numbers: edited in place, or on a page without JavaScript.

Each kind of address has a part of its own: what is added there leaves the rest of the form alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.conflicts import ChangedMeanwhile, differences, once_more
from core.htmx import redirect_page, render_page
from core.permissions import require
from customers.desk.reach import get_unmasked
from customers.desk.sections import is_on_the_page_of, on_hold
from customers.forms import ContactForm, IdentityForm
from customers.masking import count_look_up, is_masked_for, mask_people
from customers.models import (
    AddressTaken,
    Customer,
    Identity,
    IdentityKind,
    LastWayIn,
    OnHold,
    Unconfirmed,
)
from customers.permissions import can_edit_customers

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user) and not is_masked_for(request.user, pk))
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
    if is_on_the_page_of(customer, request):
        # The whole page: htmx takes what shows the name, and leaves a half-written note alone.
        return redirect("customer_detail", pk=pk)
    return redirect_page(request, "customer_detail", pk=pk)


def _as_typed(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in (*Customer.STAFF_FIELDS, "version")}


def _changed_meanwhile(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    mine = ContactForm(once_more(request.POST, version=customer.version))
    both = differences(ContactForm(initial=_as_typed(customer)), mine)
    return _edit_page(request, customer, mine, changed_meanwhile=both, status=409)


def _edit_page(
    request: DeskRequest,
    customer: Customer,
    form: ContactForm,
    *,
    more: IdentityForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {
        "page_title": _("Edit %(name)s") % {"name": customer.name},
        "customer": customer,
        "form": form,
        "kinds": [_identities(customer, kind, more) for kind in IdentityKind],
        "is_inline": is_on_the_page_of(customer, request),
        "part": "customers/_contact_edit.html",
    }
    return render_page(
        request, "customers/form_page.html", context, partial="contact_edit", status=status
    )


@dataclass(frozen=True)
class Identities:
    """All that a customer has of one kind, and the form for one more."""

    kind: str
    known: list[Identity]
    form: IdentityForm


def _identities(customer: Customer, kind: str, more: IdentityForm | None = None) -> Identities:
    known = [one for one in customer.identities.all() if one.kind == kind]
    known.sort(key=lambda one: one.pk)
    form = more if more and more.of_kind == kind else IdentityForm(customer=customer, kind=kind)
    return Identities(kind, known, form)


@require_POST
def identity_add(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    form = IdentityForm(request.POST, customer=customer)
    if form.of_kind == IdentityKind.EMAIL:
        count_look_up(request.user)
    if not form.is_valid():
        return _show_identities(request, customer, form.of_kind, form)
    add = customer.add_email if form.of_kind == IdentityKind.EMAIL else customer.add_phone
    try:
        add(form.cleaned_data["value"], by=request.user)
    except AddressTaken:
        form.refuse_taken()
        return _show_identities(request, customer, form.of_kind, form)
    except OnHold:
        return _on_hold(request, customer, form.of_kind)
    return _show_identities(request, customer, form.of_kind)


@require_POST
def identity_removal(request: DeskRequest, pk: int, identity_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    identity = get_object_or_404(Identity, pk=identity_id, customer=customer)
    try:
        customer.remove_identity(identity, by=request.user)
    except LastWayIn:
        messages.error(
            request, _("The customer signs in with this address: add another one first.")
        )
    except Unconfirmed:
        messages.error(request, _unconfirmed())
    except AddressTaken:
        messages.error(request, _("The address that would follow belongs to another customer."))
    except OnHold:
        return _on_hold(request, customer, identity.kind)
    return _show_identities(request, customer, identity.kind)


@require_POST
def identity_primary(request: DeskRequest, pk: int, identity_id: int) -> HttpResponse:
    customer = get_unmasked(request, pk)
    require(can_edit_customers(request.user))
    identity = get_object_or_404(Identity, pk=identity_id, customer=customer)
    try:
        customer.make_primary(identity, by=request.user)
    except Unconfirmed:
        messages.error(request, _unconfirmed())
    except AddressTaken:
        messages.error(request, _("Another customer has this address."))
    except OnHold:
        return _on_hold(request, customer, identity.kind)
    return _show_identities(request, customer, identity.kind)


def _unconfirmed() -> str:
    return _(
        "The customer signs in with the primary address, and this one is not confirmed yet. Use "
        "More actions › Move to another address: a link confirms it."
    )


def _on_hold(request: DeskRequest, customer: Customer, kind: str) -> HttpResponse:
    messages.error(request, on_hold())
    return _show_identities(request, customer, kind, status=409)


def _show_identities(
    request: DeskRequest,
    customer: Customer,
    kind: str,
    refused: IdentityForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The part of this kind in the form that stays open; without htmx that form's page."""
    customer = get_unmasked(request, customer.pk)
    status = 422 if refused else status
    if refused and refused.taken_by:
        mask_people(request.user, [refused.taken_by])
    if request.htmx:
        context = {"customer": customer, "identities": _identities(customer, kind, refused)}
        page = "customers/form_page.html"
        return render_page(request, page, context, partial="identities", status=status)
    if not refused:
        return redirect("customer_edit", pk=customer.pk)
    form = ContactForm(initial=_as_typed(customer))
    return _edit_page(request, customer, form, more=refused, status=status)
