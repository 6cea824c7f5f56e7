"""What is asked before an import that has written is stopped or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from core.questions import Question
from core.words import number
from customers.importing.kinds import kind_named
from customers.importing.models import Stage

if TYPE_CHECKING:
    from customers.importing.models import Import


def before_cancelling(one: Import) -> Question:
    is_paused = one.stage == Stage.PAUSED
    return Question(
        title=_("Cancel this import?"),
        says=list(_what_stays(one, is_paused=is_paused)),
        yes=_("Cancel import"),
        no=_("Leave it paused") if is_paused else _("Keep importing"),
        back=reverse("import_detail", args=[one.pk]),
    )


def _what_stays(one: Import, *, is_paused: bool) -> Iterator[str]:
    if one.has_written:
        sentence = _("So far it has created %(created)s and changed %(changed)s: that stays.")
        yield sentence % _counts(one)
    else:
        yield _("Nothing has been created or changed so far.")
    kind, left = kind_named(one.kind), max(one.rows_count - one.done_count, 0)
    if left:
        yield _("Not imported any more: %(left)s.") % {"left": kind.counted(left)}
    if one.has_written and kind.can_undo:
        yield _("A cancelled import cannot go on, but what it has done can be undone.")
    else:
        yield _("A cancelled import cannot go on.")
    if not is_paused:
        yield _("To let it go on later, pause it instead.")


def before_undoing(one: Import) -> Question:
    kind = kind_named(one.kind)
    sentence = _("Created and taken away again: %(created)s. Changed and set back: %(changed)s.")
    stays = _("What somebody has changed since stays as it is.")
    return Question(
        title=_("Undo this import?"),
        says=[sentence % _counts(one), *([str(kind.goes_along)] if kind.goes_along else []), stays],
        yes=_("Undo import"),
        no=_("Keep what it brought"),
        back=reverse("import_detail", args=[one.pk]),
    )


def _counts(one: Import) -> dict[str, str]:
    return {"created": number(one.created_count), "changed": number(one.changed_count)}
