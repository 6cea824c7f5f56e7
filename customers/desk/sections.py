"""The parts of a customer's page: each is drawn on the page, and alone for htmx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect

from core.htmx import render_page
from customers.mentions import colleagues
from customers.models import Address, Customer, IdentityKind
from customers.permissions import (
    can_delete_note,
    can_disable_customers,
    can_edit_customers,
    can_write_to_customers,
)
from customers.timeline import Timeline, timeline_of
from notifications.models import Mail

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from core.views import DeskRequest

PAGE = "customers/detail.html"


def get_visible(request: DeskRequest, pk: int) -> Customer:
    """The customer with their addresses and numbers, or 404."""
    customers = Customer.objects.visible_to(request.user)
    return get_object_or_404(customers.prefetch_related("identities"), pk=pk)


def show_section(
    request: DeskRequest, customer: Customer, section: str, **more: Any
) -> HttpResponse:
    """After a change: the section alone for htmx, else back to the customer's page."""
    if not request.htmx:
        return redirect("customer_detail", pk=customer.pk)
    customer = get_visible(request, customer.pk)
    context = {**rights(request.user), **SECTIONS[section](request, customer), **more}
    return render_page(request, PAGE, context, partial=section)


def rights(user: User) -> dict[str, bool]:
    return {
        "may_edit": can_edit_customers(user),
        "may_disable": can_disable_customers(user),
        "may_write": can_write_to_customers(user),
    }


def contact_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    known = sorted(customer.identities.all(), key=lambda one: (not one.is_primary, one.pk))
    return {
        "customer": customer,
        "emails": [one for one in known if one.kind == IdentityKind.EMAIL],
        "phones": [one for one in known if one.kind == IdentityKind.PHONE],
    }


def addresses_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    addresses = Address.objects.filter(customer=customer).order_by("-is_default", "pk")
    return {"customer": customer, "addresses": list(addresses)}


def marketing_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    return {"customer": customer}


def tags_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    return {"customer": customer, "tags": list(customer.tags.order_by("key"))}


def timeline_section(request: DeskRequest, customer: Customer) -> dict[str, Any]:
    timeline = timeline_of(customer, cursor=request.GET.get("before", "")[:300])
    return {
        "customer": customer,
        "timeline": timeline,
        "note_rights": _note_rights(timeline, request.user),
        "letter_mails": _letter_mails(timeline),
        "colleagues": colleagues(request.user),
        "is_older": "before" in request.GET,
    }


def _note_rights(timeline: Timeline, user: User) -> dict[int, dict[str, bool]]:
    may_edit = can_edit_customers(user)
    return {
        note.pk: {
            "edit": may_edit and note.is_editable_by(user),
            "delete": can_delete_note(user, note),
        }
        for note in timeline.subjects("note")
    }


def _letter_mails(timeline: Timeline) -> dict[int, Mail]:
    """What became of each letter's mail; one query."""
    ids = [letter.pk for letter in timeline.subjects("letter")]
    if not ids:
        return {}
    mails = Mail.objects.filter(subject_type="customers.letter", subject_id__in=ids)
    return {mail.subject_id: mail for mail in mails.order_by("pk")}


SECTIONS = {
    "contact": contact_section,
    "addresses": addresses_section,
    "marketing": marketing_section,
    "tags": tags_section,
    "timeline": timeline_section,
}
