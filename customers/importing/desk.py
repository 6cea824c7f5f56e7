"""Staff's pages: a file in, what it would do, how far it is, and which rows need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.htmx import redirect_page, render_page
from core.pagination import BadCursor, KeysetPage, keyset_page
from core.permissions import require
from customers.importing.models import CannotStart, Import, ImportRow, Stage
from customers.importing.permissions import can_import_customers
from customers.importing.problems import FileRefused, in_words, refusal_in_words
from customers.importing.rejects import lines_for, problem_rows
from customers.importing.verdicts import first_verdicts

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.views import DeskRequest

PROBLEMS_SHOWN = 50
NEWEST_FIRST = ("-uploaded_at", "-id")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("The shop's export of customers, as it was downloaded."),
        max_length=200,
        error_messages={"empty": gettext_lazy("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: DeskRequest) -> HttpResponse:
    require(can_import_customers(request.user))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        one = _upload(request, form) if form.is_valid() else None
        if one is not None:
            return redirect_page(request, "customer_import_detail", one.pk)
    context = {
        "page_title": _("Import customers"),
        "form": form,
        "page": _page(request),
        "limit": settings.IMPORT_SIZE_LIMIT // 10**6,
    }
    status = 422 if form.errors else 200
    return render_page(request, "customers/imports/list.html", context, status=status)


def _upload(request: DeskRequest, form: UploadForm) -> Import | None:
    file = form.cleaned_data["file"]
    try:
        return Import.upload(file, name=file.name, by=request.user)
    except FileRefused as refusal:
        form.add_error("file", refusal_in_words(refusal.problem, refusal.line))
        return None


def _page(request: DeskRequest) -> KeysetPage[Import]:
    imports = Import.objects.select_related("file", "uploaded_by")
    try:
        return keyset_page(imports, NEWEST_FIRST, cursor=request.GET.get("cursor", ""), size=25)
    except BadCursor:
        return keyset_page(imports, NEWEST_FIRST, size=25)


@require_safe
def import_detail(request: DeskRequest, pk: int) -> HttpResponse:
    one = _get(request, pk)
    return render_page(
        request, "customers/imports/detail.html", _about(one), partial="import_state"
    )


def _get(request: DeskRequest, pk: int) -> Import:
    require(can_import_customers(request.user))
    imports = Import.objects.select_related("file", "uploaded_by", "started_by", "cancelled_by")
    return get_object_or_404(imports, pk=pk)


def _about(one: Import) -> dict[str, Any]:
    problems = problem_rows(one)
    shown = list(problems[: PROBLEMS_SHOWN + 1])
    return {
        "page_title": one.file.name,
        "one": one,
        "stages": Stage,
        "first_rows": first_verdicts(one) if one.stage == Stage.CHECKED else [],
        "problems": [(row, _sentences(row)) for row in shown[:PROBLEMS_SHOWN]],
        "has_more_problems": len(shown) > PROBLEMS_SHOWN,
        "will_change": one.created_count + one.changed_count,
    }


def _sentences(row: ImportRow) -> str:
    return " ".join(in_words(problem) for problem in row.problems)


@require_POST
def start(request: DeskRequest, pk: int) -> HttpResponse:
    one = _get(request, pk)
    try:
        one.start(by=request.user)
    except CannotStart:
        messages.warning(request, _("This import was started, cancelled or refused before."))
    return redirect_page(request, "customer_import_detail", pk)


@require_POST
def cancellation(request: DeskRequest, pk: int) -> HttpResponse:
    one = _get(request, pk)
    if one.cancel(by=request.user):
        messages.success(request, _("The import was cancelled."))
    else:
        messages.warning(request, _("The import had ended before."))
    return redirect_page(request, "customer_import_detail", pk)


@require_safe
def problems(request: DeskRequest, pk: int) -> StreamingHttpResponse:
    """The rows that were skipped or need a look, as CSV: mended, it can be imported again."""
    one = _get(request, pk)
    return StreamingHttpResponse(
        lines_for(request, one),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="import-{one.pk}-problems.csv"',
            "Cache-Control": "no-store",
        },
    )
