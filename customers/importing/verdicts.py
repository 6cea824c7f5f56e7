"""What the dry run says of a file's first rows: created, changed or skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.outcomes import Outcome, StagedRow
from customers.importing.problems import in_words

if TYPE_CHECKING:
    from customers.importing.models import Import

FIRST_ROWS = 10
PARTS = {
    "names": gettext_lazy("name, company or note"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone"),
    "address": gettext_lazy("postal address"),
    "id": gettext_lazy("customer ID"),
    "tags": gettext_lazy("tags"),
    "consent": gettext_lazy("consent"),
    "figures": gettext_lazy("orders and amount spent"),
}
TONES = {Outcome.CREATED: "ok", Outcome.CHANGED: "info", Outcome.SKIPPED: "warn"}


def note_verdicts(one: Import) -> None:
    """Note on the staged rows what `plan` found of those that the page shows. Bears a repeat."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"left": max(FIRST_ROWS - one.done_count, 0)})


@dataclass(frozen=True)
class Verdict:
    """One of the first rows with its verdict, as the page draws it."""

    row: StagedRow

    @property
    def tone(self) -> str:
        return TONES.get(Outcome(self.row.verdict), "plain") if self.row.verdict else ""

    @property
    def why(self) -> str:
        remarks = [in_words(problem) for problem in self.row.problems]
        return " ".join([*self._reason(), *remarks])

    def _reason(self) -> list[str]:
        reasons = self.row.verdict_reasons
        if self.row.verdict == Outcome.SKIPPED:
            return [in_words((reason,)) for reason in reasons]
        if self.row.verdict == Outcome.CHANGED:
            parts = ", ".join(str(PARTS[reason]) for reason in reasons)
            return [_("New or different: %(parts)s.") % {"parts": parts}]
        if self.row.verdict == Outcome.UNCHANGED:
            return [_("All of it is known already.")]
        if self.row.verdict == Outcome.CREATED:
            return [_("Nobody here has this ID, e-mail address or phone number.")]
        return []


def first_verdicts(one: Import) -> list[Verdict]:
    rows = StagedRow.objects.filter(of_import=one).order_by("line")[:FIRST_ROWS]
    return [Verdict(row) for row in rows]


_NOTE = """
UPDATE customers_stagedrow AS s SET verdict = p.outcome, verdict_reasons = array_remove(
    CASE p.outcome WHEN 'skipped' THEN ARRAY[p.refusal] WHEN 'changed' THEN ARRAY[
        CASE WHEN p.names_differ THEN 'names' END,
        CASE WHEN p.email_moves THEN 'email' END,
        CASE WHEN p.phone_is_new THEN 'phone' END,
        CASE WHEN p.address_is_new THEN 'address' END,
        CASE WHEN p.id_is_new THEN 'id' END,
        CASE WHEN p.new_tags > 0 THEN 'tags' END,
        CASE WHEN p.email_consent_to IS NOT NULL OR p.sms_consent_to IS NOT NULL
            THEN 'consent' END,
        CASE WHEN p.figures_differ THEN 'figures' END
    ] ELSE '{}'::text[] END, NULL)
FROM (SELECT * FROM planned ORDER BY line LIMIT %(left)s) AS p
WHERE s.of_import_id = p.of_import_id AND s.line = p.line
"""
