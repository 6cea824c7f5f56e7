"""Files in the shop's three layouts, made for tests, and imports run to their end."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from customers.importing.models import Import
from customers.importing.of_customers.models import ImportRow
from customers.importing.working import work
from tests.customers.headers import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accounts.models import User

FILES = Path(__file__).parent / "files"


class InPieces(io.RawIOBase):
    """Bytes that arrive a few at a time."""

    def __init__(self, content: bytes, piece: int) -> None:
        self._content = io.BytesIO(content)
        self._piece = piece

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._content.seek(offset, whence)

    def readinto(self, buffer: Any, /) -> int:
        return self._content.readinto(memoryview(buffer)[: self._piece])


def opener(content: bytes, piece: int = 1 << 16) -> Callable[[], BinaryIO]:
    """What gives a file of this content as often as it is asked for."""
    return lambda: io.BufferedReader(InPieces(content, piece), piece)


def table(*rows: dict[str, str], layout: list[str] = CURRENT) -> bytes:
    """A file of these rows; a column that a row does not name is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, layout, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def many(count: int) -> Iterator[dict[str, str]]:
    """Customers of a file of any size; each seventh has no e-mail address."""
    for number in range(count):
        yield {
            "Customer ID": str(7_000_000_000_000 + number),
            "First Name": ("Jana", "Jörg", "Zoë", "Emil")[number % 4],
            "Last Name": ("Müller", "Größer", "Weiß", "Ng")[number // 4 % 4] + str(number),
            "Email": f"person{number}@example.de" if number % 7 else "",
            "Phone": f"+49170{number:07d}",
            "Default Address Address1": f"Hauptstraße {number}",
            "Default Address City": "Köln",
            "Default Address Country Code": "DE",
            "Accepts Email Marketing": "yes" if number % 3 else "no",
            "Total Spent": f"{number % 500}.50",
            "Total Orders": str(number % 9),
            "Tags": "VIP, Stammkunde" if number % 10 == 0 else "",
        }


def checked(
    content: bytes,
    *,
    by: User | None = None,
    name: str = "customers.csv",
    only_fills_gaps: bool = False,
) -> Import:
    """An import after its dry run."""
    options: dict[str, Any] = {"only_fills_gaps": only_fills_gaps, "in_worker": False}
    one = Import.upload(io.BytesIO(content), name=name, by=by, **options)
    work(one.pk)
    one.refresh_from_db()
    return one


def imported(content: bytes, *, by: User | None = None, **options: Any) -> Import:
    """An import run to its end."""
    one = checked(content, by=by, **options)
    one.start(by=by, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def counts(one: Import) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, skipped."""
    return one.created_count, one.changed_count, one.unchanged_count, one.skipped_count


def problems(one: Import) -> list[tuple[int, str]]:
    """Each line that needs a look, and why."""
    rows = ImportRow.objects.filter(of_import=one).exclude(problems=[]).order_by("line")
    return [(row.line, problem[0]) for row in rows for problem in row.problems]
