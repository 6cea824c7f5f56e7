"""Staff's buttons on the page of a bulk change: start, pause, cancel, undo, and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.downloads import download
from core.htmx import redirect_page, told
from core.permissions import require
from core.questions import ask
from customers.bulk.desk import get_change
from customers.bulk.permissions import can_steer, can_take_results
from customers.bulk.questions import before_undoing, is_undoable, undoing_of
from customers.bulk.results import take
from customers.bulk.working import work

if TYPE_CHECKING:
    from django.http import HttpResponse, StreamingHttpResponse

    from core.views import DeskRequest
    from customers.bulk.models import BulkChange


def _steered(request: DeskRequest, pk: int) -> BulkChange:
    one = get_change(request, pk)
    require(can_steer(request.user, one))
    return one


@require_POST
def start(request: DeskRequest, pk: int) -> HttpResponse:
    """Do what was counted."""
    return told(
        request,
        _steered(request, pk).start(by=request.user),
        late=_("This was started or cancelled before."),
        to=("bulk_change_detail", pk),
    )


@require_POST
def counting(request: DeskRequest, pk: int) -> HttpResponse:
    """Count once more, as things are by now; with the doubtful, or without them."""
    one = _steered(request, pk)
    without = {"out": True, "in": False}.get(request.POST.get("doubtful", ""))
    is_counted = one.count_again(by=request.user, without_doubtful=without)
    if is_counted and one.is_small:
        work(pk)
    late = _("This was started or cancelled before.")
    return told(request, is_counted, late=late, to=("bulk_change_detail", pk))


@require_POST
def pause(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        _steered(request, pk).pause(by=request.user),
        late=_("There is nothing to pause just now."),
        to=("bulk_change_detail", pk),
    )


@require_POST
def resumption(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        _steered(request, pk).resume(by=request.user),
        done=_("It goes on."),
        late=_("This was not paused."),
        to=("bulk_change_detail", pk),
    )


@require_POST
def cancellation(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        _steered(request, pk).cancel(by=request.user),
        done=_("It was cancelled. What was done by then stays."),
        late=_("It had ended before."),
        to=("bulk_change_detail", pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def undoing(request: DeskRequest, pk: int) -> HttpResponse:
    """Leads to the change that undoes it."""
    one = _steered(request, pk)
    if request.method != "POST":
        if is_undoable(one) and undoing_of(one) is None:
            return ask(request, before_undoing(one))
        return redirect_page(request, "bulk_change_detail", pk)
    undone_by = one.undo(by=request.user)
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


@require_POST
def results(request: DeskRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """What became of everybody it came to, as CSV. A POST, since it leaves its mark in the log."""
    require(can_take_results(request.user))
    one = get_change(request, pk)
    name = f"bulk-change-{one.pk}.csv"
    return download(request, name, lambda: take(one, by=request.user))
