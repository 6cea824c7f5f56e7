"""Rows that were skipped or need a look, as a CSV that opens safely and can be imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.importing.models import Import, ImportRow
from customers.importing.problems import in_words
from customers.importing.reading import read_records

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

# A spreadsheet would run a cell that begins with one of these.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PIECE = 200


def problem_rows(one: Import) -> QuerySet[ImportRow]:
    """In the order of the file; the index `import_row_problems` holds just these."""
    return ImportRow.objects.filter(of_import=one).exclude(problems=[]).order_by("line")


def lines_for(request: HttpRequest, one: Import) -> Iterator[str] | AsyncIterator[str]:
    """Pieces of the CSV, as the server that answers can stream them: flat in memory."""
    pieces = _in_language(get_language() or "", csv_pieces(one))
    return _later(pieces) if isinstance(request, ASGIRequest) else pieces


def _in_language(language: str, pieces: Iterator[str]) -> Iterator[str]:
    """The server asks for the pieces when the page, and with it its language, is over."""
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _later(pieces: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str | None:
        return next(pieces, None)

    while (piece := await sync_to_async(following)()) is not None:
        yield piece


def csv_pieces(one: Import) -> Iterator[str]:
    """Line number, outcome and reason, then the cells as the file has them."""
    layout, records = read_records(one.file.open, one.shape)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter())
    text.write("\ufeff")
    writer.writerow([_("Line"), _("Outcome"), _("Reason"), *map(safe, layout.header)])
    rows = problem_rows(one).iterator(chunk_size=PIECE)
    row = next(rows, None)
    for record in records:
        if row is None:
            break
        if record.line == row.line:
            writer.writerow(
                [row.line, row.get_outcome_display(), _reason(row), *map(safe, record.cells)]
            )
            row = next(rows, None)
        if text.tell() > 1 << 16:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def delimiter() -> str:
    """What the reader's spreadsheet splits at: ";" where the comma stands in numbers.

    The import finds either out by itself.
    """
    return ";" if (get_language() or "").startswith("de") else ","


def _reason(row: ImportRow) -> str:
    return safe(" ".join(in_words(problem) for problem in row.problems))


def safe(cell: str) -> str:
    """The cell, guarded by an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
