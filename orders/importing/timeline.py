"""On timelines: which line of which file brought an order, or changed what of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.importing.changes import changes_of
from customers.importing.kinds import kind_named
from customers.importing.models import Import
from customers.importing.outcomes import Outcome
from customers.timeline import Entry
from events.timeline import Line
from orders.importing.models import OrderImportRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from customers.models import Customer
    from orders.models import Order


def import_entries(customer: Customer, until: datetime | None, size: int) -> Iterator[Entry]:
    """One line per file and outcome, however many orders of a customer it holds."""
    rows = OrderImportRow.objects.filter(order__customer=customer, is_written=True)
    rows = rows.exclude(outcome=Outcome.UNCHANGED)
    if until is not None:
        rows = rows.filter(of_import__started_at__lte=until)
    told = rows.values("of_import", "outcome").annotate(
        count=Count("pk"), row=Max("pk"), first=Min("line"), last=Max("line")
    )
    groups = list(told.order_by("-of_import", "outcome")[:size])
    files = Import.objects.select_related("file").in_bulk({one["of_import"] for one in groups})
    alone = OrderImportRow.objects.select_related("order").in_bulk(
        [one["row"] for one in groups if one["count"] == 1]
    )
    for one in groups:
        of_import, row = files[one["of_import"]], alone.get(one["row"])
        line = _of_row(row, of_import) if row else _of_many(one, of_import)
        assert of_import.started_at is not None
        yield Entry(of_import.started_at, f"orders{of_import.pk:020}{one['outcome']}", line)


def entries_of_order(order: Order) -> list[Entry]:
    """For the order's own page."""
    rows = OrderImportRow.objects.filter(order=order, is_written=True)
    rows = rows.exclude(outcome=Outcome.UNCHANGED).select_related("of_import__file").defer("before")
    return [
        Entry(
            row.of_import.started_at,
            f"orders{row.pk:020}",
            _of_row(row, row.of_import, is_own=True),
        )
        for row in rows.order_by("-id")
        if row.of_import.started_at
    ]


def _of_row(row: OrderImportRow, of_import: Import, *, is_own: bool = False) -> Line:
    words = {
        (True, False): _("Order {order} imported from {file}, {place}"),
        (False, False): _("Order {order} changed by the import of {file}, {place}"),
        (True, True): _("Imported from {file}, {place}"),
        (False, True): _("Changed by the import of {file}, {place}"),
    }[row.outcome == Outcome.CREATED, is_own]
    link = "" if is_own else _link(row)
    changes = " · ".join(str(change) for change in changes_of(row, kind_named("orders")))
    place = of_import.placed(row.line)
    text = format_html(words, order=link, file=of_import.file.name, place=place)
    return Line(text, detail=changes)


def _link(row: OrderImportRow) -> str:
    page = reverse("order_detail", args=[row.order_id])
    return format_html('<a href="{}">{}</a>', page, row.subject_name)


def _of_many(group: Mapping[str, Any], of_import: Import) -> Line:
    count = group["count"]
    words = (
        ngettext(
            "{count} order imported from {file}, {place}",
            "{count} orders imported from {file}, {place}",
            count,
        )
        if group["outcome"] == Outcome.CREATED
        else ngettext(
            "{count} order changed by the import of {file}, {place}",
            "{count} orders changed by the import of {file}, {place}",
            count,
        )
    )
    place = of_import.placed(group["first"], group["last"])
    return Line(format_html(words, count=count, file=of_import.file.name, place=place))
