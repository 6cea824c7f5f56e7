"""Lists as CSV, for spreadsheets in the reader's language: streamed, safe to open."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language

from core.failures import failure
from core.readers import NoRoom, reader_of

if TYPE_CHECKING:
    from asyncio import Semaphore

    from core.views import DeskRequest

    # None: no row yet, but whoever makes them is still at it.
    Rows = Iterator[Iterable[object] | None]
    Pieces = Generator[str, None, None]

# A spreadsheet would run a cell that begins with one of these.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where such a sign begins a cell to a spreadsheet of another country: it splits elsewhere, and
# knows quotation marks only where a cell begins for it. Those are doubled in the file: to it they
# are an empty text in front of the sign.
INNER = re.compile(r'([,;|\t\r\n]"*+)(?=[=+\-@＝＋－＠])')
GUARDED = re.compile(r"""([,;|\t\r\n]"*+)'(?=[=+\-@＝＋－＠])""")
PIECE = 1 << 16
# Nobody knows when the next download ends; most take less.
RETRY_AFTER_SECONDS = "60"
# Called with each piece, an empty one too: a server that replaces whoever seems to hang learns that
# this one works.
signs_of_life: list[Callable[[], None]] = []


def download(
    request: DeskRequest, name: str, rows: Callable[[], Rows]
) -> HttpResponse | StreamingHttpResponse:
    """The rows as a file, however many: flat in memory, and asked for once there is room.

    429 where this person, or everybody together, takes as many files as may be (core/readers.py).
    """
    reader = reader_of(request)
    try:
        if reader:
            reader.take_place(request.user.pk)
    except NoRoom as full:
        return _later(request, full)
    pieces = _as_now(csv_pieces(rows()))
    return StreamingHttpResponse(
        OneByOne(pieces, reader.turns) if reader else in_time(pieces),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


class TookTooLong(Exception):
    """A page worker has served this file for as long as it may: it is needed for pages."""


def in_time(pieces: Pieces) -> Pieces:
    """Where a page worker answers, as with a proxy that passes it all files: broken off in the end.

    Who takes nothing at all is given up by the server, which replaces a worker without a sign of
    life. Raises TookTooLong.
    """
    last = time.monotonic() + settings.DOWNLOAD_SECONDS
    with closing(pieces):
        for piece in pieces:
            if time.monotonic() > last:
                raise TookTooLong
            yield piece


class OneByOne:
    """Pieces for the ASGI server: the next is made when the one before is on its way.

    In turn with other files, and in the request's own thread, where they are also closed, however
    the answer ends: cursors and the connection are given back.
    """

    def __init__(self, pieces: Pieces, turns: Semaphore) -> None:
        self._pieces, self._turns = pieces, turns

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        async with self._turns:
            piece = await sync_to_async(self._following)()
        if piece is None:
            raise StopAsyncIteration
        return piece

    def _following(self) -> str | None:
        try:
            return next(self._pieces, None)
        except Exception:
            # Django closes what was cut off, and not what breaks off by itself.
            connections.close_all()
            raise

    def close(self) -> None:
        self._pieces.close()


def csv_pieces(rows: Rows) -> Pieces:
    """The mark tells spreadsheets that it is UTF-8.

    Where no row is ready, what there is: between two pieces the server notices who has hung up.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter())
    text.write("\ufeff")
    for row in rows:
        if row is not None:
            writer.writerow([safe(str(cell)) for cell in row])
        if row is None or text.tell() > PIECE:
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


def _later(request: DeskRequest, full: NoRoom) -> HttpResponse:
    page = failure(request, 429, template="429_own.html" if full.is_own else "429.html")
    page["Retry-After"] = RETRY_AFTER_SECONDS
    return page


def _as_now(pieces: Pieces) -> Pieces:
    """The server asks for the pieces when the page, with its language and time zone, is over."""
    return _in(get_language() or "", timezone.get_current_timezone(), pieces)


def _in(language: str, zone: tzinfo, pieces: Pieces) -> Pieces:
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
