"""From the file into the staging table: COPY, a few thousand rows at a time."""

from __future__ import annotations

import math
import time
from itertools import islice

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from customers.importing.beside import Values, ValuesOf, values_of
from customers.importing.groups import Weight
from customers.importing.kinds import kind_named
from customers.importing.models import Import
from customers.importing.patience import waiting
from customers.importing.reading import read_groups
from customers.turns import Stopped

# Of reading, however few rows that are: what is laborious to read is taken in all the same.
LONGEST_STEP = 20
# Of a step's rows, however few: pages of text are in some. More than usual rows of a step take.
MOST_BYTES = 32 * 10**6
# For a row, behind that: whoever waits longer is told what helps.
LONGEST_WAIT = 60


class Staging:
    """Reads an import's file from where it was left. Lives as long as a worker's turn."""

    def __init__(self, one: Import, *, country: str) -> None:
        self._file = one.file.open()
        self._shape = one.shape
        self.line = one.read_line
        self._kind = kind_named(one.kind)
        self._weight = Weight()
        # What was read before is passed over, and that may take as long as it took.
        self._longest = math.inf if one.read_line else LONGEST_STEP + LONGEST_WAIT
        with waiting(at_most=LONGEST_WAIT):
            read, groups = read_groups(
                lambda: self._file,
                one.shape,
                country=country,
                after_line=one.read_line,
                weight=self._weight,
            )
        self._rows = values_of(groups, ValuesOf(self._kind, read), weight=self._weight)

    def close(self) -> None:
        self._rows.close()

    def goes_on_with(self, one: Import) -> bool:
        """It stands where the import does, and reads what its columns hold by now."""
        return self.line == one.read_line and self._shape == one.shape

    def stage_some(self, one: Import) -> int:
        """Take in the next rows, inside the caller's transaction; 0 at the end of the file.

        Raises FileRefused where the file stops being a table, and Stopped where somebody has said
        otherwise meanwhile what its columns hold.
        """
        with waiting(at_most=self._longest):
            rows = self._next_rows()
        self._longest = LONGEST_STEP + LONGEST_WAIT
        if rows:
            columns = ", ".join(["of_import_id", *self._kind.copied])
            statement = f"COPY {self._kind.staged._meta.db_table} ({columns}) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row((one.pk, *row))
            self.line = rows[-1][self._kind.copied.index("line")]
        changes = {
            "read_line": self.line,
            "read_bytes": self._file.fetched,
            "worked_at": timezone.now(),
        }
        mine = Import.objects.filter(pk=one.pk, read_line=one.read_line, mapping=one.mapping)
        if not mine.update(rows_count=F("rows_count") + len(rows), **changes):
            raise Stopped
        return len(rows)

    def _next_rows(self) -> list[Values]:
        """A step's rows: thousands, or as many as could be read in its time, or may be held.

        All of them before the COPY begins: the file is in the database too, on the same line.
        """
        rows: list[Values] = []
        begun, before = time.monotonic(), self._weight.bytes
        for row in islice(self._rows, settings.IMPORT_CHUNK_ROWS):
            rows.append(row)
            is_heavy = self._weight.bytes - before > MOST_BYTES
            if is_heavy or time.monotonic() - begun > LONGEST_STEP:
                break
        return rows
