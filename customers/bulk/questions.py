"""Whether a bulk change can be taken back, and what is asked before."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.questions import Question
from core.words import number
from customers.bulk.kinds import kind_named
from customers.bulk.models import BulkChange
from customers.bulk.stages import BulkStage, Kind


def undoing_of(one: BulkChange) -> BulkChange | None:
    """The change that takes this one back, or has."""
    return BulkChange.objects.not_called_off().filter(undoes=one).first()


def is_undoable(one: BulkChange) -> bool:
    """It has ended and changed somebody; whether it is being undone is asked apart."""
    may_be = one.kind != Kind.UNDO and kind_named(one.kind).can_undo
    is_over = one.stage in {BulkStage.FINISHED, BulkStage.CANCELLED, BulkStage.FAILED}
    return may_be and is_over and one.changed_count > 0


def before_undoing(one: BulkChange) -> Question:
    count = one.changed_count
    yes = ngettext("Undo for %(count)s customer", "Undo for %(count)s customers", count)
    happens = kind_named(one.kind).taken_back(one)
    return Question(
        title=_("Undo this change?"),
        says=[
            *([happens] if happens else []),
            _("Only what this change did is taken back. What somebody has changed since stays."),
        ],
        yes=yes % {"count": number(count)},
        no=_("Leave it as it is"),
        back=reverse("bulk_change_detail", args=[one.pk]),
    )
