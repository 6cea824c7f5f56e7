"""What has become of the customers of a bulk change: in numbers, in rows, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from core.patience import TooSlow, bounded
from customers.bulk.kinds import kind_of
from customers.bulk.models import BulkChange
from customers.bulk.rows import BulkPiece, BulkRow
from customers.bulk.stages import CHANGED, BulkStage
from customers.models import Customer, Identity
from customers.slots import Figure
from events.log import record

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrOrPromise

    from accounts.models import User

ROWS_SHOWN = 50
TAKEN_AT_ONCE = 500


class LeftOut(NamedTuple):
    reason: _StrOrPromise
    number: int


def counted(one: BulkChange) -> dict[str, Any]:
    """The figures above everything, and the one who says "go" is shown the same beforehand."""
    kind = kind_of(one)
    is_before = one.stage in {BulkStage.COUNTING, BulkStage.READY}
    found = one.preview if is_before else one.outcomes
    changed = found.get(CHANGED, 0) if is_before else one.changed_count
    skipped = sum(found.values()) - changed if is_before else one.skipped_count
    return {
        "kind": kind,
        "changed_label": kind.coming_label if is_before else kind.changed_label,
        "changed_count": changed,
        "skipped_count": skipped,
        "unchanged_count": one.done_count - changed - skipped,
    }


def left_out(one: BulkChange, outcomes: dict[str, int]) -> list[LeftOut]:
    """Why, and how many; the reasons in the order of their kind."""
    reasons = kind_of(one).outcomes
    return [
        LeftOut(reason, outcomes[outcome])
        for outcome, reason in reasons.items()
        if outcomes.get(outcome)
    ]


def further(one: BulkChange) -> dict[str, Any]:
    """What its kind has to say to whoever is about to start it."""
    kind = kind_of(one)
    return {
        "start_label": kind.start_label(one.preview.get(CHANGED, 0)),
        "remarks": kind.remarks(one),
    }


def doubtful(one: BulkChange) -> dict[str, Any]:
    """Whom it would perhaps not reach, and why; as many as a page holds. Of one that waits."""
    pieces = BulkPiece.objects.filter(of_change=one).order_by("number")
    found = pieces.exclude(doubtful_ids=[]).values_list("doubtful_ids", flat=True)
    ids = [pk for of_piece in found for pk in of_piece]
    shown = ids[:ROWS_SHOWN]
    people = Customer.objects.filter(pk__in=shown).order_by("pk")
    primary = Prefetch("identities", Identity.objects.primary())
    why = kind_of(one).doubts(shown)
    return {
        "doubtful": [
            (BulkRow(of_change=one, customer=customer), why.get(customer.pk, "–"))
            for customer in people.prefetch_related(primary)
        ],
        "doubtful_count": len(ids),
        "rows_shown": ROWS_SHOWN,
    }


def first_rows(one: BulkChange) -> dict[str, Any]:
    """Who was changed and who was left out, as many as a page holds."""
    rows = _with_people(BulkRow.objects.filter(of_change=one)).order_by("customer_id")
    changed = list(rows.filter(outcome=CHANGED)[:ROWS_SHOWN])
    skipped = list(rows.exclude(outcome=CHANGED)[:ROWS_SHOWN])
    results = kind_of(one).results(one, [row.customer_id for row in changed])
    return {
        "changed": [(row, results.get(row.customer_id, "")) for row in changed],
        "skipped": [(row, row.reason) for row in skipped],
        "results_heading": _("State") if results else "",
        "rows_shown": ROWS_SHOWN,
        "figures": _figures(one),
    }


def _figures(one: BulkChange) -> list[Figure]:
    try:
        with bounded():
            return kind_of(one).figures(one)
    except TooSlow:
        return []


def _with_people(rows: QuerySet[BulkRow]) -> QuerySet[BulkRow]:
    rows = rows.select_related("customer", "of_change__undoes")
    return rows.prefetch_related(Prefetch("customer__identities", Identity.objects.primary()))


def take(one: BulkChange, *, by: User) -> Iterator[list[object]]:
    """The lines of the file. Leaves an event that names the change's number, and nobody in it."""
    with transaction.atomic():
        rows = one.changed_count + one.skipped_count
        record("user.downloaded_bulk_results", by, by=by, of_change=one.pk, rows=rows)
    return _lines(one)


def _lines(one: BulkChange) -> Iterator[list[object]]:
    kind = kind_of(one)
    yield [_("Customer number"), _("Name"), _("E-mail"), _("Outcome"), _("Reason"), _("Time")]
    for rows in _batches(one):
        results = kind.results(one, [row.customer_id for row in rows if row.outcome == CHANGED])
        for row in rows:
            is_changed = row.outcome == CHANGED
            outcome = kind.changed_label if is_changed else _("Skipped")
            said = results.get(row.customer_id, "") if is_changed else row.reason
            yield [
                row.customer_id,
                row.customer.name,
                row.customer.primary_email,
                outcome,
                said,
                f"{timezone.localtime(row.at):%Y-%m-%d %H:%M}",
            ]


def _batches(one: BulkChange) -> Iterator[list[BulkRow]]:
    """In the order of customers, however many; each batch is read when it is wanted."""
    rows = _with_people(BulkRow.objects.filter(of_change=one)).order_by("customer_id")
    after = 0
    while batch := list(rows.filter(customer_id__gt=after)[:TAKEN_AT_ONCE]):
        yield batch
        after = batch[-1].customer_id
