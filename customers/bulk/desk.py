"""Staff's pages: what is to be done to whom, how far it is, and what has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.htmx import redirect_page, render_page
from core.pagination import asked_page
from core.permissions import require
from customers.bulk.choices import NOBODY, BadChoice, Choice
from customers.bulk.forms import BulkForm
from customers.bulk.kinds import BulkKind, kind_named, kind_of, names_of_kinds
from customers.bulk.models import BulkChange, NobodyChosen
from customers.bulk.permissions import (
    can_change_all_matching,
    can_see_bulk_changes,
    can_steer,
    can_take_results,
)
from customers.bulk.questions import is_undoable, undoing_of
from customers.bulk.results import counted, doubtful, first_rows, further, left_out
from customers.bulk.stages import BulkStage, Kind
from customers.bulk.words import title_of
from customers.bulk.working import work
from customers.permissions import can_edit_customers

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

NEWEST_FIRST = ("-asked_at", "-id")
ON_A_PAGE = 25
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
    asked_for = given.get("kind", "")
    kind = kind_named(asked_for if asked_for in names_of_kinds() else Kind.TAG)
    form = kind.form(request.POST if request.method == "POST" else None)
    require(kind.may(request.user))
    try:
        choice = Choice.read(given)
    except BadChoice:
        return _ask(request, kind, form, NOBODY, wrong=str(UNREADABLE))
    require(not choice.all_matching or can_change_all_matching(request.user))
    if request.method == "POST" and form.is_valid():
        return _create(request, kind, form, choice)
    return _ask(request, kind, form, choice)


def _create(request: DeskRequest, kind: BulkKind, form: BulkForm, choice: Choice) -> HttpResponse:
    chosen = choice.customers(request.user)
    try:
        with transaction.atomic():  # a new tag goes again if nobody is to carry it
            one = BulkChange.ask(kind.name, chosen, by=request.user, tags=form.tags())
    except NobodyChosen:
        return _ask(request, kind, form, choice, wrong=_("Tick customers in the list first."))
    if not kind.is_previewed:
        messages.success(request, _("The bulk change is on its way."))
    elif one.is_small:
        work(one.pk)  # counting so few takes a moment: nobody waits for a worker
    return redirect_page(request, "bulk_change_detail", one.pk)


def _ask(
    request: DeskRequest, kind: BulkKind, form: BulkForm, choice: Choice, *, wrong: str = ""
) -> HttpResponse:
    if form.is_bound and wrong:
        form.add_error(None, wrong)
    context = {
        "page_title": kind.label,
        "kind": kind,
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
    one = get_change(request, pk)
    page = "customers/bulk/detail.html"
    return render_page(request, page, _about(request, one), partial="bulk_state")


def get_change(request: DeskRequest, pk: int) -> BulkChange:
    require(can_see_bulk_changes(request.user))
    people = ("cancelled_by", "started_by", "paused_by")
    changes = BulkChange.objects.with_words().select_related(*people, "undoes")
    return get_object_or_404(changes, pk=pk)


def _about(request: DeskRequest, one: BulkChange) -> dict[str, Any]:
    """While it works the page asks each second: then of nothing but how far it is."""
    context = {
        "page_title": title_of(one),
        "one": one,
        "may_steer": can_steer(request.user, one),
        **counted(one),
    }
    if one.is_working:
        return context | {"remarks": kind_of(one).remarks(one)}
    if one.stage == BulkStage.READY:
        why = {"left_out": left_out(one, one.preview), **doubtful(one)}
        return context | why | further(one)
    return context | _of_its_end(request, one)


def _of_its_end(request: DeskRequest, one: BulkChange) -> dict[str, Any]:
    """Ended or at rest: who was changed, who was left out, and what may be done now."""
    undoing = undoing_of(one)
    return {
        "undoing": undoing,
        "may_undo": can_steer(request.user, one) and undoing is None and is_undoable(one),
        "may_take": can_take_results(request.user) and one.changed_count + one.skipped_count > 0,
        "left_out": left_out(one, one.outcomes),
        **first_rows(one),
    }
