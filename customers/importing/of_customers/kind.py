"""Customers, as a shop's export and other tables of people hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.words import number
from customers.importing.groups import Alone
from customers.importing.kinds import Guess, ImportKind, Undone
from customers.importing.of_customers import (
    guessing,
    layouts,
    matching,
    overview,
    owners,
    staging,
    undoing,
    writing,
)
from customers.importing.of_customers.changes import CONSENTS, FIELDS
from customers.importing.of_customers.models import ImportRow, MatchedRow, StagedRow
from customers.importing.of_customers.rows import CustomerRow, RowReader
from customers.levels import level_mark
from customers.models.consent import Consent
from customers.models.identities import IdentityKind

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.importing.columns import Layout
    from customers.importing.models import Import


class CustomersKind(ImportKind):
    name = "customers"
    label = gettext_lazy("Customers")
    staged = StagedRow
    rows = ImportRow
    copied = staging.COPIED
    written = writing.WRITTEN
    fields = FIELDS
    page = "customer_detail"
    overview = "customer_list"
    subject = gettext_lazy("Customer")
    why_new = gettext_lazy("Nobody here has this ID, e-mail address or phone number.")
    replaced = frozenset({"repeated", "same_customer"})
    mappable = layouts.FIELDS
    own_fields = layouts.OWN_FIELDS
    repeated = layouts.REPEATED
    can_undo = True
    # Whose rows they are was asked for the whole file, and no two carry the same id or address.
    goes_ahead = True
    forgotten = MappingProxyType({"before": {}})
    first_rows = "customers/imports/_first_customers.html"

    def counted(self, count: int) -> str:
        words = ngettext("%(count)s customer", "%(count)s customers", count)
        return words % {"count": number(count)}

    def asked(self, count: int) -> str:
        words = ngettext("Import %(count)s customer", "Import %(count)s customers", count)
        return words % {"count": number(count)}

    def is_known(self, name: str) -> bool:
        return bool(guessing.by_name(name))

    def recognises(self, names: frozenset[str]) -> bool:
        return layouts.names_customers(names)

    def is_left_out(self, name: str) -> bool:
        return layouts.is_left_out(name)

    def layout_of(self, header: Sequence[str]) -> Layout:
        return layouts.layout_of(header)

    def guesses(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Mapping[int, Guess]:
        return guessing.guesses(header, rows)

    def is_better_asked(self, layout: Layout) -> bool:
        return guessing.leaves_out(layout)

    def mapped(self, header: Sequence[str], mapping: Mapping[str, str]) -> Layout:
        return layouts.mapped(header, mapping, own=self.own_layout(header))

    def reader(self, layout: Layout, *, country: str) -> Alone[CustomerRow]:
        return Alone(RowReader(layout, country=country).read)

    def values(self, row: CustomerRow) -> Sequence[Any]:
        return staging.values(row)

    def mark_repeated(self, import_id: int) -> None:
        staging.mark_repeated(import_id)

    def look_over(self, one: Import, *, country: str) -> dict[str, Any]:
        return overview.look_over(one, country=country)

    def remarks(self, one: Import) -> list[str]:
        return overview.remarks(one)

    def match(self, one: Import) -> None:
        owners.match_file(one)

    def forget_matches(self, one: Import) -> None:
        MatchedRow.objects.filter(of_import=one).delete()

    def plan(self, one: Import, *, is_ahead: bool = False) -> None:  # noqa: ARG002 -- as above
        matching.match(one)
        matching.plan(one)

    def write(self, one: Import) -> None:
        writing.write_people(one, source=one.source)

    def still_holds(self, one: Import) -> bool:  # noqa: ARG002 -- of the step at hand
        return not matching.has_come_meanwhile()

    def conclude(self, one: Import) -> None:
        self.note_rows(one, dry=False)

    def note_rows(self, one: Import, *, dry: bool) -> None:
        writing.note_rows(one, dry=dry)

    def undo(self, one: Import) -> Undone:
        return undoing.undo(one)

    def say(self, field: str, text: str) -> str:
        return str(Consent(text).label) if field in CONSENTS else text

    def mark(self, field: str, row: ImportRow) -> str:
        """How far the address or number that gives way is known to be the customer's."""
        before = row.changes[field][0]
        if field not in IdentityKind.values or not row.customer or not before:
            return ""
        kind = IdentityKind(field)
        return level_mark(row.customer.identity_of(kind, before), short=True)

    def with_subjects(self, rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
        return rows.select_related("customer").prefetch_related("customer__identities")

    def who_header(self) -> list[str]:
        return [_("Customer"), _("E-mail")]

    def who(self, row: ImportRow) -> list[str]:
        return [row.customer.name, row.customer.primary_email] if row.customer else ["", ""]
