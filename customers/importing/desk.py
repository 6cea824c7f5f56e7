"""Staff's pages: a file in, what it would do, how far it is, and which rows need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.downloads import download
from core.htmx import redirect_page, render_page, told
from core.pagination import asked_page
from core.permissions import require
from core.questions import ask, is_sure
from customers.importing.changes import changed_rows, shown_changes
from customers.importing.columns import sorted_out
from customers.importing.kinds import kind_named
from customers.importing.mapping import MappingForm
from customers.importing.models import Import, Stage
from customers.importing.permissions import can_import
from customers.importing.problems import FileRefused, refusal_in_words
from customers.importing.questions import before_cancelling, before_undoing
from customers.importing.rejects import problem_rows, reason
from customers.importing.taking import take
from customers.importing.verdicts import first_verdicts, outcome_word, remarks_of

if TYPE_CHECKING:
    from django.http import HttpResponse, StreamingHttpResponse

    from core.views import DeskRequest
    from customers.importing.kinds import ImportKind

ON_A_PAGE, PROBLEMS_SHOWN, CHANGES_SHOWN = 25, 50, 20
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCEPTED = f".csv,.txt,.tsv,.xlsx,.xlsm,text/csv,{WORKBOOK}"
NEWEST_FIRST = ("-uploaded_at", "-id")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file or Excel workbook"),
        help_text=gettext_lazy(
            "An export of the shop as it was downloaded, or any table as CSV or .xlsx. "
            "Of a workbook the first sheet with rows is read."
        ),
        error_messages={
            "empty": gettext_lazy("The file is empty."),
            "required": gettext_lazy("No file has arrived. Choose one, and send it once more."),
        },
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    existing = forms.ChoiceField(
        label=gettext_lazy("What is there already"),
        choices=[
            ("overwrite", gettext_lazy("The file counts: what differs is overwritten")),
            (
                "fill",
                gettext_lazy(
                    "Only fill gaps: nothing that is there is overwritten, "
                    "but a “no” to newsletters counts"
                ),
            ),
        ],
        initial="overwrite",
        widget=forms.RadioSelect(),
    )

    def clean_file(self) -> Any:
        """Of several the last would count, and nobody would be told of the others."""
        if len(self.files.getlist("file")) > 1:
            raise forms.ValidationError(_("These are several files. Send one after the other."))
        return self.cleaned_data["file"]


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: DeskRequest) -> HttpResponse:
    require(can_import(request.user))
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    one = _upload(request, form) if is_sent and form.is_valid() else None
    if one is not None:
        return redirect_page(request, "import_detail", one.pk)
    imports = Import.objects.select_related("file", "uploaded_by")
    context = {
        "page_title": _("Imports"),
        "form": form,
        "page": asked_page(request, imports, NEWEST_FIRST, size=ON_A_PAGE),
        "limit": settings.IMPORT_SIZE_LIMIT // 10**6,
    }
    status = 422 if form.errors else 200
    return render_page(request, "customers/imports/list.html", context, status=status)


def _upload(request: DeskRequest, form: UploadForm) -> Import | None:
    file, fills = form.cleaned_data["file"], form.cleaned_data["existing"] == "fill"
    try:
        return Import.upload(
            file, name=file.name, by=request.user, only_fills_gaps=fills, may_ask=True
        )
    except FileRefused as refusal:
        form.add_error("file", refusal_in_words(refusal.problem, refusal.line))
        return None


@require_safe
def import_detail(request: DeskRequest, pk: int) -> HttpResponse:
    one = get_import(request, pk)
    return render_page(
        request, "customers/imports/detail.html", _about(one), partial="import_state"
    )


def get_import(request: DeskRequest, pk: int) -> Import:
    require(can_import(request.user))
    people = ("uploaded_by", "started_by", "cancelled_by", "paused_by", "undo_asked_by")
    return get_object_or_404(Import.objects.select_related("file", *people), pk=pk)


def _about(one: Import) -> dict[str, Any]:
    """While it works the page asks each second: then of nothing but how far it is."""
    context: dict[str, Any] = {"page_title": one.file.name, "one": one}
    if one.is_working:
        return context
    if one.stage == Stage.MAPPING:
        return context | {"form": MappingForm(one)}
    problems = list(problem_rows(one)[: PROBLEMS_SHOWN + 1])
    # Of a dry run that came to nothing the numbers mean nothing any more.
    counts = one.started_at is not None or one.stage == Stage.CHECKED
    changes = list(changed_rows(one)[: CHANGES_SHOWN + 1]) if counts else []
    kind = kind_named(one.kind)
    return context | {
        "kind": kind,
        **_checked(one, kind),
        "problems": [
            (row, outcome_word(row, one), reason(row, one)) for row in problems[:PROBLEMS_SHOWN]
        ],
        "has_more_problems": len(problems) > PROBLEMS_SHOWN,
        "changes": [(row, shown_changes(row, kind)) for row in changes[:CHANGES_SHOWN]],
        "has_more_changes": len(changes) > CHANGES_SHOWN,
        "will_change": one.created_count + one.changed_count,
        "start_words": kind.asked(one.created_count + one.changed_count),
        **_passed_over(one, kind),
    }


def _passed_over(one: Import, kind: ImportKind) -> dict[str, list[str]]:
    left_out, unknown = sorted_out(kind, one.passed_over)
    return {"left_out": left_out, "unknown": unknown}


def _checked(one: Import, kind: ImportKind) -> dict[str, Any]:
    """What the dry run has to say, as long as it counts."""
    if one.stage != Stage.CHECKED:
        return {}
    return {
        "first_rows": first_verdicts(one),
        "remarks": remarks_of(one),
        "brings_along": kind.brings_along(one),
    }


@require_POST
def mapping(request: DeskRequest, pk: int) -> HttpResponse:
    """Say what the columns of an unknown table hold."""
    one = get_import(request, pk)
    if one.stage != Stage.MAPPING:
        messages.warning(request, _("What the columns hold was said before."))
        return redirect_page(request, "import_detail", pk)
    form = MappingForm(one, request.POST)
    try:
        if form.is_valid() and not one.map_columns(form.mapping(), by=request.user):
            messages.warning(request, _("What the columns hold was said before."))
    except FileRefused as refusal:
        form.add_error(None, refusal_in_words(refusal.problem, refusal.line))
    if form.errors:
        context = {"page_title": one.file.name, "one": one, "form": form}
        return render_page(request, "customers/imports/detail.html", context, status=422)
    return redirect_page(request, "import_detail", pk)


@require_POST
def remapping(request: DeskRequest, pk: int) -> HttpResponse:
    """Back to what the columns hold, as long as nothing is written."""
    return told(
        request,
        get_import(request, pk).change_columns(by=request.user),
        late=_("The columns cannot be changed any more."),
        to=("import_detail", pk),
    )


@require_POST
def start(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        get_import(request, pk).start(by=request.user),
        late=_("This import was started, cancelled or refused before."),
        to=("import_detail", pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: DeskRequest, pk: int) -> HttpResponse:
    """Of one that has begun to write it is asked first: also whoever saw it before it began."""
    one = get_import(request, pk)
    if one.may_have_written and not is_sure(request):
        is_click = request.method == "POST"
        url = ("import_cancellation", pk)
        return redirect_page(request, *url) if is_click else ask(request, before_cancelling(one))
    if request.method != "POST":
        return redirect_page(request, "import_detail", pk)
    return told(
        request,
        one.cancel(by=request.user),
        done=_("The import was cancelled."),
        late=_("The import had ended before."),
        to=("import_detail", pk),
    )


@require_POST
def pause(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        get_import(request, pk).pause(by=request.user),
        late=_("There is nothing to pause just now."),
        to=("import_detail", pk),
    )


@require_POST
def resumption(request: DeskRequest, pk: int) -> HttpResponse:
    return told(
        request,
        get_import(request, pk).resume(by=request.user),
        done=_("The import goes on."),
        late=_("This import was not paused."),
        to=("import_detail", pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def undoing(request: DeskRequest, pk: int) -> HttpResponse:
    """Take back what an import wrote, as far as nobody has touched it since."""
    one = get_import(request, pk)
    if request.method != "POST":
        if one.is_undoable:
            return ask(request, before_undoing(one))
        return redirect_page(request, "import_detail", pk)
    return told(
        request,
        one.undo(by=request.user),
        done=_("The import is being undone."),
        late=_("This import cannot be undone any more."),
        to=("import_detail", pk),
    )


@require_POST
def attempts(request: DeskRequest, pk: int) -> HttpResponse:
    """Another round of tries for an import that stopped by no fault of its file."""
    return told(
        request,
        get_import(request, pk).try_again(by=request.user),
        done=_("It is being tried again."),
        late=_("This import does not wait for another try."),
        to=("import_detail", pk),
    )


@require_POST
def problems(request: DeskRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """The rows that were skipped or need a look, as CSV: mended, it can be imported again."""
    return _downloaded(request, pk, "problems")


@require_POST
def changes(request: DeskRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Who is changed and how, field by field, as CSV."""
    return _downloaded(request, pk, "changes")


def _downloaded(request: DeskRequest, pk: int, part: str) -> HttpResponse | StreamingHttpResponse:
    """A POST, since it leaves its mark in the log."""
    one = _remembered(request, pk)
    name = f"import-{one.pk}-{part}.csv"
    return download(request, name, lambda: take(one, part, by=request.user))


def _remembered(request: DeskRequest, pk: int) -> Import:
    one = get_import(request, pk)
    if one.forgotten_at:
        raise Http404
    return one
