"""The parts of a customer's page: each is drawn on the page, and alone for htmx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from core.htmx import redirect_page, render_page
from customers.desk.reach import get_unmasked
from customers.forms import TagForm
from customers.letter_trail import trails_of
from customers.masking import as_seen_by
from customers.mentions import colleagues
from customers.models import Address, Customer, IdentityKind
from customers.permissions import (
    can_delete_note,
    can_disable_customers,
    can_edit_customers,
    can_write_to_customers,
)
from customers.timeline import Timeline, timeline_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from core.views import DeskRequest

PAGE = "customers/detail.html"


def show_section(
    request: DeskRequest, customer: Customer, section: str, **more: Any
) -> HttpResponse:
    """After a change: the section alone on the customer's page, else back to that page."""
    if not is_on_the_page_of(customer, request):
        page = reverse("customer_detail", args=[customer.pk])
        return redirect_page(request, f"{page}#{section}")
    customer = as_seen_by(request.user, get_unmasked(request, customer.pk))
    context = {**rights(request.user), **SECTIONS[section](request, customer), **more}
    return render_page(request, PAGE, context, partial=section)


def on_hold() -> str:
    """Said to whoever would move what reaches a customer on hold."""
    return _("The customer is on hold: addresses and phone numbers stay as they are.")


def is_on_the_page_of(customer: Customer, request: DeskRequest) -> bool:
    """Each form also stands on a page of its own, where the section would have no place."""
    if not request.htmx:
        return False
    page = reverse("customer_detail", args=[customer.pk])
    return urlsplit(request.htmx.current_url or page).path == page


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
    addresses = list(Address.objects.filter(customer=customer).order_by("-is_default", "pk"))
    for address in addresses:
        address.customer = customer  # whose numbers came along
    return {"customer": customer, "addresses": addresses}


def marketing_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    return {"customer": customer}


def tags_section(_request: DeskRequest, customer: Customer) -> dict[str, Any]:
    tags = list(customer.tags.order_by("key"))
    return {"customer": customer, "tags": tags, "tag_form": TagForm()}


def timeline_section(request: DeskRequest, customer: Customer) -> dict[str, Any]:
    timeline = timeline_of(customer, cursor=request.GET.get("before", "")[:300])
    return {
        "customer": customer,
        "timeline": timeline,
        "note_rights": _note_rights(timeline, request.user),
        "letter_trails": trails_of(timeline.subjects("letter")),
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


MASKED_SECTIONS = {"contact": contact_section, "addresses": addresses_section}
SECTIONS = {
    **MASKED_SECTIONS,
    "marketing": marketing_section,
    "tags": tags_section,
    "timeline": timeline_section,
}


def all_sections(request: DeskRequest, customer: Customer) -> dict[str, Any]:
    """What the whole page draws."""
    context: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        if not (customer.is_masked and name in MASKED_SECTIONS):
            context |= section(request, customer)
    return context
