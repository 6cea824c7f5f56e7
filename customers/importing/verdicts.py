"""What the dry run says of a file's first rows: created, changed or skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.importing.changes import shown_changes
from customers.importing.kinds import kind_named
from customers.importing.outcomes import Outcome
from customers.importing.problems import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

    from customers.importing.kinds import ImportKind
    from customers.importing.models import Import
    from customers.importing.outcomes import ImportRowBase, StagedRowBase

FIRST_ROWS = 10
# Nothing has happened yet when the dry run says so.
WILL_BE = {
    Outcome.CREATED: gettext_lazy("New"),
    Outcome.CHANGED: gettext_lazy("Will be changed"),
    Outcome.UNCHANGED: gettext_lazy("Stays as it is"),
    Outcome.SKIPPED: gettext_lazy("Will be skipped"),
}
TONES = {Outcome.CREATED: "ok", Outcome.CHANGED: "info", Outcome.SKIPPED: "warn"}


# It was said before anything had happened, and then nothing did.
NOT_TO_BE = {outcome: gettext_lazy("Not imported") for outcome in Outcome}
NOT_TO_BE[Outcome.SKIPPED] = Outcome.SKIPPED.label
# What an undoing did to what the row had done.
TAKEN_BACK = {
    Outcome.CREATED: pgettext_lazy("row of an import", "Taken away"),
    Outcome.CHANGED: pgettext_lazy("row of an import", "Set back"),
    Outcome.UNCHANGED: Outcome.UNCHANGED.label,
    Outcome.SKIPPED: Outcome.SKIPPED.label,
}


def outcome_word(row: ImportRowBase, one: Import) -> str:
    """What became of the row of `one`, or what would."""
    outcome = Outcome(row.outcome)
    if row.is_written:
        return str(outcome.label)
    if one.started_at and row.line <= one.done_line:
        return str(TAKEN_BACK[outcome])
    return str((NOT_TO_BE if one.has_ended else WILL_BE)[outcome])


def note_verdicts(one: Import) -> None:
    """Note on the staged rows what `plan` found of those that the page shows. Bears a repeat."""
    table = kind_named(one.kind).staged._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(_NOTE.format(table=table), {"left": max(FIRST_ROWS - one.done_count, 0)})


@dataclass(frozen=True)
class Verdict:
    """One of the first rows with its verdict, as the page draws it."""

    row: StagedRowBase
    # What the dry run noted of it: nothing where nothing changes and nothing is wrong.
    noted: ImportRowBase | None
    kind: ImportKind
    in_sheet: bool

    @property
    def tone(self) -> str:
        return TONES.get(Outcome(self.row.verdict), "plain") if self.row.verdict else ""

    @property
    def word(self) -> str:
        return str(WILL_BE[Outcome(self.row.verdict)]) if self.row.verdict else ""

    @property
    def why(self) -> SafeString:
        problems = self.noted.problems if self.noted else self.row.problems
        remarks = [in_words(problem, in_sheet=self.in_sheet) for problem in problems]
        is_shared = any(problem[0] == "phone_shared" for problem in problems)
        return _joined(" ", [*([] if is_shared else self._reason()), *remarks])

    def _reason(self) -> list[str]:
        if self.noted and self.noted.changes:
            return [_joined(" · ", shown_changes(self.noted, self.kind))]
        if self.row.verdict == Outcome.UNCHANGED:
            return [_("All of it is known already.")]
        if self.row.verdict == Outcome.CREATED:
            return [str(self.kind.why_new)]
        return []


def _joined(between: str, sentences: Iterable[str]) -> SafeString:
    return format_html_join(between, "{}", ((sentence,) for sentence in sentences))


def remarks_of(one: Import) -> list[str]:
    """What is worth a word of the file as a whole, before it is imported."""
    headless = _("The first line of the file holds an address or a number: it counts as a row.")
    own = kind_named(one.kind).remarks(one)
    return [headless, *own] if "headless" in one.remarks else own


def first_verdicts(one: Import) -> list[Verdict]:
    kind = kind_named(one.kind)
    rows = list(one.staged.order_by("line")[:FIRST_ROWS])
    noted = kind.with_subjects(one.rows.filter(line__in=[row.line for row in rows]))
    by_line = {row.line: row for row in noted}
    return [Verdict(row, by_line.get(row.line), kind, bool(one.sheet)) for row in rows]


_NOTE = """
UPDATE {table} AS s SET verdict = p.outcome
FROM (SELECT * FROM planned ORDER BY line LIMIT %(left)s) AS p
WHERE s.of_import_id = p.of_import_id AND s.line = p.line
"""
