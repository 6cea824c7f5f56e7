"""The list, one customer, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from core.htmx import redirect_page, render_page
from core.permissions import require
from core.slots import fill
from customers import slots
from customers.desk.sections import SECTIONS, get_visible, rights
from customers.forms import ListForm, NewCustomerForm
from customers.importing.permissions import can_import_customers
from customers.listing import SORTS, Asked, list_customers
from customers.models import (
    AddressTaken,
    Channel,
    Consent,
    Customer,
    Identity,
    TooManyTags,
    email_key,
)
from customers.permissions import can_edit_customers, can_see_customers

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.functional import _StrOrPromise

    from core.views import DeskRequest

UNSAID = {"view": "all", "sort": "newest"}
COLUMNS = ("name", "orders", "spent")


@dataclass(frozen=True)
class Tab:
    label: _StrOrPromise
    url: str
    is_current: bool
    count: int | None = None


def _asked(request: DeskRequest, form: ListForm) -> Asked:
    return Asked(
        text=request.GET.get("q", "").strip()[:200],
        view=request.GET.get("view", "all"),
        sort=request.GET.get("sort", ""),
        cursor=request.GET.get("cursor", "")[:1000],
        filters=form.filters(),
    )


@require_safe
def customer_list(request: DeskRequest) -> HttpResponse:
    require(can_see_customers(request.user))
    form = ListForm(request.GET)
    asked = _asked(request, form)
    listing = list_customers(asked, user=request.user)
    context = {
        "page_title": _("Customers"),
        "asked": asked,
        "listing": listing,
        "rows": [(customer, _row_menu(request, customer)) for customer in listing.page.rows],
        "form": form,
        "tabs": _tabs(request, asked),
        "sorts": SORTS.values(),
        "columns": {name: _column(request, asked, name) for name in COLUMNS},
        "offers": [(offer, _with(request, q=offer, cursor="")) for offer in listing.offers],
        "chips": _chips(request, form),
        "without_filters": f"?{urlencode({'q': asked.text, 'view': asked.view})}",
        "may_import": can_import_customers(request.user),
        **rights(request.user),
    }
    response = render_page(request, "customers/list.html", context, partial="customer_rows")
    if request.htmx:
        response["HX-Push-Url"] = request.path + _with(request)
    return response


def _row_menu(request: DeskRequest, customer: Customer) -> list[Any]:
    return fill(slots.customer_row_menu.entries(), request, customer)


def _tabs(request: DeskRequest, asked: Asked) -> list[Tab]:
    return [
        Tab(view.label, _with(request, view=view.name, cursor=""), asked.view == view.name)
        for view in slots.customer_views.entries()
        if view.allowed(request.user)
    ]


def _column(request: DeskRequest, asked: Asked, name: str) -> dict[str, str]:
    """A column's heading: the link that sorts by it, and how it is sorted now."""
    is_sorted = asked.order.name == name and asked.sort.lstrip("-") == name
    turned = asked.sort.startswith("-")
    falls = SORTS[name].falls != turned
    chosen = f"-{name}" if is_sorted and not turned else name
    aria = ("descending" if falls else "ascending") if is_sorted else ""
    return {"url": _with(request, sort=chosen, cursor=""), "aria": aria}


def _chips(request: DeskRequest, form: ListForm) -> list[tuple[str, str]]:
    """Each filter that is on, in words, and the list without it."""
    chips = []
    for name in form.COLUMNS:
        value = form.cleaned_data.get(name)
        if value not in ("", None):
            choices = dict(getattr(form.fields[name], "choices", ()))
            words = f"{form.fields[name].label}: {choices.get(value, value)}"
            chips.append((words, _with(request, **{name: "", "cursor": ""})))
    return chips


def _with(request: DeskRequest, **changes: str) -> str:
    """The address of this list with some parts changed; what goes without saying is left out."""
    query = {**request.GET.dict(), **changes}
    said = {name: value for name, value in query.items() if value and UNSAID.get(name) != value}
    return f"?{urlencode(said)}"


@require_GET
def customer_detail(request: DeskRequest, pk: int) -> HttpResponse:
    customer = get_visible(request, pk)
    require(can_see_customers(request.user))
    context = {
        "page_title": customer.name,
        "notices": fill(slots.customer_notices.entries(), request, customer),
        "actions": fill(slots.customer_actions.entries(), request, customer),
        "more_actions": fill(slots.customer_more_actions.entries(), request, customer),
        "panels": fill(slots.customer_panels.entries(), request, customer),
        "side_panels": fill(slots.customer_side_panels.entries(), request, customer),
        **rights(request.user),
    }
    for section in SECTIONS.values():
        context |= section(request, customer)
    return render_page(request, "customers/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_create(request: DeskRequest) -> HttpResponse:
    require(can_edit_customers(request.user))
    form = NewCustomerForm(request.POST or None)
    if request.method != "POST":
        return _create_page(request, form)
    if not form.is_valid():
        return _create_page(request, form, status=422)
    try:
        customer = _create(request, form)
    except AddressTaken:
        owner = (
            Identity.objects.emails().primary().filter(key=email_key(form.cleaned_data["email"]))
        )
        form.add_error("email", _("Another customer has this address."))
        return _create_page(
            request, form, taken_by=owner.select_related("customer").first(), status=422
        )
    except TooManyTags:
        form.add_error("tags", _("A customer carries at most 250 tags."))
        return _create_page(request, form, status=422)
    messages.success(request, _("The customer is added."))
    return redirect_page(request, "customer_detail", pk=customer.pk)


@transaction.atomic
def _create(request: DeskRequest, form: NewCustomerForm) -> Customer:
    given = form.cleaned_data
    customer = Customer.create(
        by=request.user, email=given["email"], phone=given["phone"], **form.person()
    )
    for name in form.tag_names():
        customer.tag(name, by=request.user)
    if given["subscribed"]:
        customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=request.user)
    return customer


def _create_page(
    request: DeskRequest, form: NewCustomerForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"page_title": _("Add customer"), "form": form, **more}
    return render_page(request, "customers/create.html", context, status=status)
