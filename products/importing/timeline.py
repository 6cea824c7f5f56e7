"""On a product's timeline: which line of which file brought it, or changed what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.importing.changes import changes_of
from customers.importing.kinds import kind_named
from customers.importing.outcomes import Outcome
from customers.timeline import Entry
from events.timeline import Line
from products.importing.models import ProductImportRow

if TYPE_CHECKING:
    from products.models import Product


def import_entries(product: Product, size: int) -> list[Entry]:
    """The newest of them, for the product's own page."""
    rows = ProductImportRow.objects.filter(product=product, is_written=True)
    rows = rows.exclude(outcome=Outcome.UNCHANGED).select_related("of_import__file")
    kind = kind_named("products")
    return [
        Entry(
            row.of_import.started_at,
            f"import{row.pk:020}",
            Line(_words(row), detail=" · ".join(map(str, changes_of(row, kind)))),
        )
        for row in rows.order_by("-id")[:size]
        if row.of_import.started_at
    ]


def _words(row: ProductImportRow) -> str:
    words = (
        _("Imported from {file}, {place}")
        if row.outcome == Outcome.CREATED
        else _("Changed by the import of {file}, {place}")
    )
    place = row.of_import.placed(row.line)
    return format_html(words, file=row.of_import.file.name, place=place)
