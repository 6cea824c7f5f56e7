"""What the dry run says of a file's first rows: created, changed or skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.changes import changes_of
from customers.importing.outcomes import ImportRow, Outcome, StagedRow
from customers.importing.problems import in_words

if TYPE_CHECKING:
    from customers.importing.models import Import

FIRST_ROWS = 10
# Nothing has happened yet when the dry run says so.
WILL_BE = {
    Outcome.CREATED: gettext_lazy("New"),
    Outcome.CHANGED: gettext_lazy("Will be changed"),
    Outcome.UNCHANGED: gettext_lazy("Stays as it is"),
    Outcome.SKIPPED: gettext_lazy("Will be skipped"),
}
TONES = {Outcome.CREATED: "ok", Outcome.CHANGED: "info", Outcome.SKIPPED: "warn"}


def outcome_word(row: ImportRow) -> str:
    """What became of the row, or what would."""
    outcome = Outcome(row.outcome)
    return str(outcome.label if row.is_written else WILL_BE[outcome])


def note_verdicts(one: Import) -> None:
    """Note on the staged rows what `plan` found of those that the page shows. Bears a repeat."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"left": max(FIRST_ROWS - one.done_count, 0)})


@dataclass(frozen=True)
class Verdict:
    """One of the first rows with its verdict, as the page draws it."""

    row: StagedRow
    # What the dry run noted of it: nothing where nobody changes and nothing is wrong.
    noted: ImportRow | None

    @property
    def tone(self) -> str:
        return TONES.get(Outcome(self.row.verdict), "plain") if self.row.verdict else ""

    @property
    def word(self) -> str:
        return str(WILL_BE[Outcome(self.row.verdict)]) if self.row.verdict else ""

    @property
    def why(self) -> str:
        problems = self.noted.problems if self.noted else self.row.problems
        remarks = [in_words(problem) for problem in problems]
        is_shared = any(problem[0] == "phone_shared" for problem in problems)
        return " ".join([*([] if is_shared else self._reason()), *remarks])

    def _reason(self) -> list[str]:
        if self.noted and self.noted.changes:
            return [" · ".join(str(change) for change in changes_of(self.noted))]
        if self.row.verdict == Outcome.UNCHANGED:
            return [_("All of it is known already.")]
        if self.row.verdict == Outcome.CREATED:
            return [_("Nobody here has this ID, e-mail address or phone number.")]
        return []


def first_verdicts(one: Import) -> list[Verdict]:
    rows = list(StagedRow.objects.filter(of_import=one).order_by("line")[:FIRST_ROWS])
    noted = ImportRow.objects.filter(of_import=one, line__in=[row.line for row in rows])
    by_line = {row.line: row for row in noted}
    return [Verdict(row, by_line.get(row.line)) for row in rows]


_NOTE = """
UPDATE customers_stagedrow AS s SET verdict = p.outcome
FROM (SELECT * FROM planned ORDER BY line LIMIT %(left)s) AS p
WHERE s.of_import_id = p.of_import_id AND s.line = p.line
"""
