"""Rows that were skipped or need a look: mended, their download can be imported again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from customers.importing.kinds import kind_named
from customers.importing.problems import in_words
from customers.importing.reading import read_records
from customers.importing.verdicts import outcome_word

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from customers.importing.models import Import
    from customers.importing.outcomes import ImportRowBase

PIECE = 200
# After so much of a file without a row to hand on, whoever takes them hears that it goes on.
SILENCE = 5000


def problem_rows(one: Import) -> QuerySet[ImportRowBase]:
    """In the order of the file; each kind's table has an index that holds just these."""
    return one.rows.exclude(problems=[]).order_by("line")


def problem_lines(one: Import) -> Iterator[list[object] | None]:
    """Line or row, outcome and reason, then the cells as the file has them: all that belong.

    None now and then, while a long file is searched for the next one. Of a file that is gone, as
    nothing of it was written, without its cells. Rows that others take the place of are left out:
    imported alone they would count.
    """
    heading: list[object] = [one.line_word, _("Outcome"), _("Reason")]
    if one.file.is_forgotten:
        yield heading
        for only in problem_rows(one).iterator(chunk_size=PIECE):
            if _may_be_mended(only, one):
                yield [only.line, outcome_word(only, one), reason(only, one)]
        return
    layout, records = read_records(one.file.open, one.shape)
    groups = kind_named(one.kind).groups(layout, records)
    yield [*heading, *layout.header]
    wanted = _in_file_order(one)
    line, row = next(wanted, (0, None))
    for number, group in enumerate(groups, start=1):
        if row is None:
            break
        if group[0].line == line:
            for record in group:
                yield [record.line, outcome_word(row, one), reason(row, one), *record.cells]
            line, row = next(wanted, (0, None))
        elif number % SILENCE == 0:
            yield None


def _in_file_order(one: Import) -> Iterator[tuple[int, ImportRowBase | None]]:
    """The lines on which something begins that can be mended, and the row that it belongs to."""
    places = kind_named(one.kind).places(problem_rows(one)).iterator(chunk_size=PIECE)
    while some := list(islice(places, PIECE)):
        found = one.rows.in_bulk({pk for _line, pk in some})
        yield from ((line, found[pk]) for line, pk in some if _may_be_mended(found[pk], one))


def _may_be_mended(row: ImportRowBase, one: Import) -> bool:
    return not any(code in kind_named(one.kind).replaced for code, *_detail in row.problems)


def reason(row: ImportRowBase, one: Import) -> str:
    return " ".join(in_words(problem, in_sheet=bool(one.sheet)) for problem in row.problems)
