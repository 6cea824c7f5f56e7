"""On a customer's timeline: which line of which file brought them, or changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.importing.changes import changes_of
from customers.importing.kinds import kind_named
from customers.importing.of_customers.models import ImportRow
from customers.importing.outcomes import Outcome
from customers.timeline import Entry
from events.timeline import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from customers.models import Customer


def import_entries(customer: Customer, until: datetime | None, size: int) -> Iterator[Entry]:
    rows = ImportRow.objects.filter(customer=customer, is_written=True)
    rows = rows.exclude(outcome=Outcome.UNCHANGED)
    if until is not None:
        rows = rows.filter(of_import__started_at__lte=until)
    kind = kind_named("customers")
    for row in rows.select_related("of_import__file").order_by("-id")[:size]:
        started_at = row.of_import.started_at
        assert started_at is not None
        changes = " · ".join(str(change) for change in changes_of(row, kind))
        yield Entry(started_at, f"import{row.pk:020}", Line(_words(row), detail=changes))


def _words(row: ImportRow) -> str:
    words = (
        _("Imported from {file}, {place}")
        if row.outcome == Outcome.CREATED
        else _("Changed by the import of {file}, {place}")
    )
    place = row.of_import.placed(row.line)
    return format_html(words, file=row.of_import.file.name, place=place)
