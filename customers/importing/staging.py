"""From the file into the staging table: COPY, a few thousand rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from customers.importing.models import Import
from customers.importing.reading import read_customers
from customers.importing.rows import CustomerRow

if TYPE_CHECKING:
    from shop.models import StoredFile

TEXTS = [
    *("line", "external_id", "first_name", "last_name", "company", "email", "email_key", "phone"),
    *("phone_key", "street", "extra", "postal_code", "city", "region", "country", "address_phone"),
    *("note", "tags", "email_consent", "sms_consent", "orders_count", "amount_spent"),
]
COLUMNS = ["of_import_id", *TEXTS, "tag_keys", "problems", "is_usable", "has_address", "digest"]
COPY = f"COPY customers_stagedrow ({', '.join(COLUMNS)}) FROM STDIN"


class CountedFile:
    """A stored file that knows how many of its bytes were asked for."""

    def __init__(self, file: StoredFile) -> None:
        self._file = file
        self.read = 0

    def __call__(self) -> Iterator[bytes]:
        for chunk in self._file.open():
            self.read += len(chunk)
            yield chunk


class Staging:
    """Reads an import's file from where it was left. Lives as long as a worker's turn."""

    def __init__(self, one: Import, *, country: str) -> None:
        self._file = CountedFile(one.file)
        self.line = one.read_line
        self._rows = read_customers(
            self._file, one.shape, country=country, after_line=max(one.read_line, one.done_line)
        )

    def stage_some(self, one: Import) -> int:
        """Take in the next rows, inside the caller's transaction; 0 at the end of the file.

        Raises FileRefused where the file stops being a table.
        """
        rows = list(islice(self._rows, settings.IMPORT_CHUNK_ROWS))
        if rows:
            with connection.cursor() as cursor, cursor.copy(COPY) as copy:
                for values in _values(one.pk, rows):
                    copy.write_row(values)
            self.line = rows[-1].line
        changes = {
            "read_line": self.line,
            "read_bytes": self._file.read,
            "worked_at": timezone.now(),
        }
        Import.objects.filter(pk=one.pk).update(rows_count=F("rows_count") + len(rows), **changes)
        return len(rows)


def _values(import_id: int, rows: Iterable[CustomerRow]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        said = [getattr(row, name) for name in TEXTS]
        keys = [name.lower()[:255] for name in row.tags]
        problems = json.dumps(row.problems) if row.problems else "[]"
        yield (import_id, *said, keys, problems, row.is_usable, row.has_address, row.digest())


def mark_repeated(import_id: int) -> None:
    """Of rows about one customer the last counts; the others say which line that is."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_stagedrow")
        cursor.execute(_MARK_REPEATED, {"import": import_id})


def _last_lines(key: str, condition: str) -> str:
    return f"""SELECT {key} AS key, max(line) AS line FROM usable WHERE {condition}
        GROUP BY 1 HAVING count(*) > 1"""  # noqa: S608 -- of constants


# Who has neither id nor e-mail address is known by the phone number, or else by all that is said.
_NAMELESS = "external_id = '' AND email_key = ''"
_NAMELESS_KEY = "coalesce(nullif(phone_key, ''), digest::text)"
_MARK_REPEATED = f"""
WITH usable AS (
    SELECT line, external_id, email_key, phone_key, digest FROM customers_stagedrow
    WHERE of_import_id = %(import)s AND is_usable
), by_id AS ({_last_lines("external_id", "external_id <> ''")}
), by_email AS ({_last_lines("email_key", "email_key <> ''")}
), by_rest AS ({_last_lines(_NAMELESS_KEY, _NAMELESS)}
), repeated AS (
    SELECT s.line, greatest(i.line, e.line, r.line) AS last FROM usable s
    LEFT JOIN by_id i ON i.key = s.external_id
    LEFT JOIN by_email e ON e.key = s.email_key
    LEFT JOIN by_rest r ON {_NAMELESS} AND r.key = {_NAMELESS_KEY}
)
UPDATE customers_stagedrow AS s
SET is_usable = false,
    problems = s.problems || jsonb_build_array(jsonb_build_array('repeated', r.last::text))
FROM repeated r
WHERE s.of_import_id = %(import)s AND s.line = r.line AND r.last > r.line
"""  # noqa: S608 -- of constants
