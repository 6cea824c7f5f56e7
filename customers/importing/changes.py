"""What a row changes of something that is known: field by field, what was there and what comes.

Kept with each changed row, for the dry run's page, for timelines, and so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from customers.importing.kinds import kind_named

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from customers.importing.kinds import ImportKind
    from customers.importing.models import Import
    from customers.importing.outcomes import ImportRowBase

PIECE = 200
SHOWN = 60


class Change(NamedTuple):
    """One field in words; `before` is empty where nothing was there."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return self._words.format(**self._cut())

    def marked(self, mark: str) -> SafeString:
        """For a page; `mark` stands beside what was there."""
        said = self._cut()
        before = format_html("{} {}", mark, said["before"]) if mark else said["before"]
        return format_html(self._words, **said | {"before": before})

    @property
    def _words(self) -> str:
        return _("{field}: {before} → {after}") if self.before else _("{field}: {after}")

    def _cut(self) -> dict[str, str]:
        before, after = (Truncator(text).chars(SHOWN) for text in (self.before, self.after))
        return {"field": self.field, "before": before, "after": after}


def changes_of(row: ImportRowBase, kind: ImportKind) -> list[Change]:
    """In the order in which the thing's own page shows the fields."""
    return [
        Change(str(word), *(kind.say(name, text) for text in row.changes[name]))
        for name, word in kind.fields.items()
        if name in row.changes
    ]


def shown_changes(row: ImportRowBase, kind: ImportKind) -> list[SafeString]:
    """`changes_of` for a page, with what is known of what gives way."""
    names = [name for name in kind.fields if name in row.changes]
    pairs = zip(names, changes_of(row, kind), strict=True)
    return [change.marked(kind.mark(name, row)) for name, change in pairs]


def changed_rows(one: Import) -> QuerySet[ImportRowBase]:
    """In the order of the file; each kind's table has an index that holds just these."""
    rows = one.rows.filter(is_written=one.started_at is not None).exclude(changes={})
    return kind_named(one.kind).with_subjects(rows).order_by("line")


def change_lines(one: Import) -> Iterator[list[object]]:
    """A line for each field: of what, what was there, and what comes."""
    kind = kind_named(one.kind)
    yield [one.line_word, *kind.who_header(), _("Field"), _("Before"), _("After")]
    for row in changed_rows(one).iterator(chunk_size=PIECE):
        for change in changes_of(row, kind):
            yield [row.line, *kind.who(row), *change]
