"""Lists as CSV, for spreadsheets in the reader's language: streamed, safe to open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.http import HttpRequest

# A spreadsheet would run a cell that begins with one of these.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where such a sign begins a cell to a spreadsheet of another country: it splits elsewhere, and
# knows quotation marks only where a cell begins for it. Those are doubled in the file: to it they
# are an empty text in front of the sign.
INNER = re.compile(r'([,;|\t\r\n]"*+)(?=[=+\-@＝＋－＠])')
GUARDED = re.compile(r"""([,;|\t\r\n]"*+)'(?=[=+\-@＝＋－＠])""")
PIECE = 1 << 16
# Called with each piece: a server that replaces whoever seems to hang learns that this one works.
signs_of_life: list[Callable[[], None]] = []


def download(
    request: HttpRequest, name: str, rows: Iterator[Iterable[object]]
) -> StreamingHttpResponse:
    """The rows as a file, however many: flat in memory, as the server that answers can stream."""
    pieces = _as_now(csv_pieces(rows))
    return StreamingHttpResponse(
        _later(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def csv_pieces(rows: Iterator[Iterable[object]]) -> Iterator[str]:
    """The mark tells spreadsheets that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter())
    text.write("\ufeff")
    for row in rows:
        writer.writerow([safe(str(cell)) for cell in row])
        if text.tell() > PIECE:
            for give_sign in signs_of_life:
                give_sign()
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def delimiter() -> str:
    """What the reader's spreadsheet splits at: ";" where the comma stands in numbers.

    The import finds either out by itself.
    """
    return ";" if (get_language() or "").startswith("de") else ","


def amount(value: Decimal) -> str:
    """A number without a currency, as the reader's spreadsheet reads it: "1842,50" in German."""
    text = f"{value:f}"
    return text.replace(".", ",") if delimiter() == ";" else text


def safe(cell: str) -> str:
    """The cell, guarded by an apostrophe where a spreadsheet would take it for a formula."""
    cell = INNER.sub(r"\1'", cell)
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def unguarded(cell: str) -> str:
    """The cell without the apostrophes that `safe` has put within it."""
    return GUARDED.sub(r"\1", cell)


def _as_now(pieces: Iterator[str]) -> Iterator[str]:
    """The server asks for the pieces when the page, with its language and time zone, is over."""
    return _in(get_language() or "", timezone.get_current_timezone(), pieces)


def _in(language: str, zone: tzinfo, pieces: Iterator[str]) -> Iterator[str]:
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _later(pieces: Iterator[str]) -> AsyncIterator[str]:
    def following() -> str | None:
        return next(pieces, None)

    while (piece := await sync_to_async(following)()) is not None:
        yield piece
