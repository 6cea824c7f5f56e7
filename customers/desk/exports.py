"""The customers' list as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
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
    """Everybody whom the address asks for. A POST, since it leaves its mark in the log."""
    require(can_export_customers(request.user))
    own = own_of(request.user, CUSTOMERS.name)
    if request.method == "POST":
        asked = own.asked(request.GET, CUSTOMERS.form(request.GET))
        if request.POST.get("columns") == "all":
            asked = with_all_columns(asked)
        name = f"customers-{timezone.localdate().isoformat()}.csv"
        return download(request, name, export(asked, by=request.user))
    page: ListPage[Any] = ListPage(request, CUSTOMERS, own)
    context = {"page_title": _("Export customers"), "list": page}
    return render_page(request, "customers/export.html", context)
