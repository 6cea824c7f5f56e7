"""The customers' list as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.downloads import download
from core.htmx import render_page
from core.list_pages import ListPage
from core.permissions import require
from customers.exporting import export, with_all_columns
from customers.listing import CUSTOMERS
from customers.permissions import can_export_customers
from lists.pages import own_of

if TYPE_CHECKING:
    from django.http import HttpResponse, StreamingHttpResponse

    from core.views import DeskRequest


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: DeskRequest) -> HttpResponse | StreamingHttpResponse:
    """Everybody whom the address asks for. A POST, since it leaves its mark in the log.

    Without a filter that cannot be read it would be others, and more: then nobody is exported.
    """
    require(can_export_customers(request.user))
    own = own_of(request.user, CUSTOMERS.name)
    form = CUSTOMERS.form(request.GET)
    asked = own.asked(request.GET, form)
    if request.method == "POST" and not form.errors:
        if request.POST.get("columns") == "all":
            asked = with_all_columns(asked)
        name = f"customers-{timezone.localdate().isoformat()}.csv"
        return download(request, name, lambda: export(asked, by=request.user))
    size = "" if form.errors else CUSTOMERS.counted(asked, request.user)
    context = {
        "page_title": _("Export customers"),
        "size": size,
        "is_readable": not form.errors,
        # Read for the whole page alone: an open dialog asks for nothing but the size.
        "list": SimpleLazyObject(lambda: ListPage(request, CUSTOMERS, own)),
    }
    status = 422 if request.method == "POST" else 200
    template = "customers/export.html"
    return render_page(request, template, context, partial="export_size", status=status)
