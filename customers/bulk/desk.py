"""Staff's pages: what is to be done to whom, how far it is, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import redirect_page, render_page, told
from core.pagination import asked_page
from core.permissions import require
from customers.bulk.choices import NOBODY, BadChoice, Choice
from customers.bulk.forms import FORMS, BulkForm
from customers.bulk.models import BulkChange, NobodyChosen
from customers.bulk.permissions import (
    can_change_all_matching,
    can_change_picked,
    can_see_bulk_changes,
    can_steer,
)
from customers.bulk.rows import BulkRow
from customers.bulk.stages import Kind, Outcome
from customers.bulk.words import title_of
from customers.models import Identity
from customers.permissions import can_edit_customers

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from core.views import DeskRequest

NEWEST_FIRST = ("-asked_at", "-id")
ON_A_PAGE, ROWS_SHOWN = 25, 50
UNREADABLE = gettext_lazy("Part of the selection could not be read. Choose again in the list.")


@require_safe
def bulk_change_list(request: DeskRequest) -> HttpResponse:
    require(can_see_bulk_changes(request.user))
    page = asked_page(request, BulkChange.objects.with_words(), NEWEST_FIRST, size=ON_A_PAGE)
    context = {
        "page_title": _("Bulk changes"),
        "page": page,
        "changes": [(one, title_of(one)) for one in page.rows],
    }
    return render_page(request, "customers/bulk/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_change_create(request: DeskRequest) -> HttpResponse:
    """Ask for the tags, or whether it is meant: in a dialog of the list, or on a page."""
    require(can_edit_customers(request.user))
    given = request.POST if request.method == "POST" else request.GET
    kind = next((one for one in FORMS if one == given.get("kind")), Kind.TAG)
    form = FORMS[kind](request.POST if request.method == "POST" else None)
    require(can_change_picked(request.user, kind))
    try:
        choice = Choice.read(given)
    except BadChoice:
        return _ask(request, kind, form, NOBODY, wrong=str(UNREADABLE))
    require(not choice.all_matching or can_change_all_matching(request.user))
    if request.method == "POST" and form.is_valid():
        return _create(request, kind, form, choice)
    return _ask(request, kind, form, choice)


def _create(request: DeskRequest, kind: Kind, form: BulkForm, choice: Choice) -> HttpResponse:
    chosen = choice.customers(request.user)
    try:
        with transaction.atomic():  # a new tag goes again if nobody is to carry it
            one = BulkChange.ask(kind, chosen, by=request.user, tags=form.tags())
    except NobodyChosen:
        return _ask(request, kind, form, choice, wrong=_("Tick customers in the list first."))
    messages.success(request, _("The bulk change is on its way."))
    return redirect_page(request, "bulk_change_detail", one.pk)


def _ask(
    request: DeskRequest, kind: Kind, form: BulkForm, choice: Choice, *, wrong: str = ""
) -> HttpResponse:
    if form.is_bound and wrong:
        form.add_error(None, wrong)
    context = {
        "page_title": kind.label,
        "kind": kind.value,
        "form": form,
        "choice": choice,
        "size": choice.size(request.user),
        "wrong": "" if form.is_bound else wrong,
    }
    status = 422 if form.is_bound else 200
    page = "customers/bulk/ask.html"
    return render_page(request, page, context, partial="bulk_ask", status=status)


@require_safe
def bulk_change_detail(request: DeskRequest, pk: int) -> HttpResponse:
    one = _get(request, pk)
    page = "customers/bulk/detail.html"
    return render_page(request, page, _about(request, one), partial="bulk_state")


def _get(request: DeskRequest, pk: int) -> BulkChange:
    require(can_see_bulk_changes(request.user))
    changes = BulkChange.objects.with_words().select_related("cancelled_by", "undoes")
    return get_object_or_404(changes, pk=pk)


def _steered(request: DeskRequest, pk: int) -> BulkChange:
    one = _get(request, pk)
    require(can_steer(request.user, one))
    return one


def _about(request: DeskRequest, one: BulkChange) -> dict[str, Any]:
    """While it works the page asks each second: then of nothing but how far it is."""
    may_steer = can_steer(request.user, one)
    context = {"page_title": title_of(one), "one": one, "may_steer": may_steer}
    if one.is_working:
        return context
    undoing = BulkChange.objects.not_called_off().filter(undoes=one).first()
    is_undoable = one.kind != Kind.UNDO and one.changed_count > 0 and undoing is None
    rows = _rows(one)
    return context | {
        "undoing": undoing,
        "may_undo": may_steer and is_undoable,
        "changed": rows.filter(outcome=Outcome.CHANGED)[:ROWS_SHOWN],
        "skipped": rows.exclude(outcome=Outcome.CHANGED)[:ROWS_SHOWN],
        "rows_shown": ROWS_SHOWN,
    }


def _rows(one: BulkChange) -> QuerySet[BulkRow]:
    rows = BulkRow.objects.filter(of_change=one).select_related("customer").order_by("customer_id")
    return rows.prefetch_related(Prefetch("customer__identities", Identity.objects.primary()))


@require_POST
def cancellation(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        _steered(request, pk).cancel(by=request.user),
        done=_("It was cancelled. What was done by then stays."),
        late=_("It had ended before."),
        to=("bulk_change_detail", pk),
    )


@require_POST
def undoing(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads to the change that undoes it."""
    undone_by = _steered(request, pk).undo(by=request.user)
    return told(
        request,
        undone_by,
        done=_("Undoing is on its way."),
        late=_("This cannot be undone, or is undone already."),
        to=("bulk_change_detail", undone_by.pk if undone_by else pk),
    )


@require_POST
def attempts(request: DeskRequest, pk: int) -> HttpResponse:
    """Another round of tries for a change that stopped."""
    return told(
        request,
        _steered(request, pk).try_again(by=request.user),
        done=_("It is being tried again."),
        late=_("This change does not wait for another try."),
        to=("bulk_change_detail", pk),
    )
