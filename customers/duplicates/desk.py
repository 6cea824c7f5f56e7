"""Staff's page of likely duplicates, the card on a customer's page, and telling two apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.htmx import redirect_page, render_page, told
from core.pagination import asked_page
from core.patience import TooSlow, bounded
from core.permissions import require
from customers.duplicates.finding import people_like
from customers.duplicates.models import LikelyPair, ToldApart
from customers.duplicates.searching import DuplicateSearch
from customers.models import Customer
from customers.permissions import can_edit_customers, can_see_duplicates

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

LIKELIEST_FIRST = ("id",)
ON_A_PAGE = 25
ON_THE_CARD = 5


def likeness_card(request: DeskRequest, customer: Customer) -> dict[str, Any] | None:
    """No card when nobody is alike, or when finding out would hold up the page; nor for whoever
    does not see what they are alike in."""
    if not can_see_duplicates(request.user):
        return None
    try:
        with bounded():
            alike = people_like(customer, most=ON_THE_CARD)
    except TooSlow:
        return None
    may_edit = can_edit_customers(request.user)
    return {"customer": customer, "alike": alike, "may_edit": may_edit} if alike else None


@require_safe
def duplicate_list(request: DeskRequest) -> HttpResponse:
    require(can_see_duplicates(request.user))
    context = {
        "page_title": _("Possible duplicates"),
        "search": DuplicateSearch.current(),
        # The page asks again and again only while it works.
        "has_ended_just_now": bool(request.htmx),
        "page": asked_page(
            request, LikelyPair.objects.with_people(), LIKELIEST_FIRST, size=ON_A_PAGE
        ),
        "may_edit": can_edit_customers(request.user),
    }
    page = "customers/duplicates/list.html"
    return render_page(request, page, context, partial="duplicate_search")


@require_POST
def duplicate_search(request: DeskRequest) -> HttpResponse:
    """Not to wait for the night, e.g. after an import."""
    require(can_edit_customers(request.user))
    return told(
        request,
        DuplicateSearch.ask(by=request.user),
        late=_("All customers are being compared already."),
        to=("duplicate_list",),
    )


@require_POST
def duplicate_dismissal(request: DeskRequest, pk: int, other_pk: int) -> HttpResponse:
    """These two are not the same; back to the page of the first, or with `listed` to the list."""
    customers = Customer.objects.visible_to(request.user)
    one, other = (get_object_or_404(customers, pk=each) for each in (pk, other_pk))
    require(can_edit_customers(request.user))
    if one != other and ToldApart.say(one, other, by=request.user):
        messages.success(request, _("These two are not suggested again."))
    if request.POST.get("listed"):
        return redirect_page(request, "duplicate_list")
    return redirect_page(request, "customer_detail", pk=pk)
