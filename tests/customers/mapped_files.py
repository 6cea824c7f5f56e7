"""Tables that nobody knows: uploaded, their columns said or left as guessed, and imported."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from customers.importing.kinds import kind_named
from customers.importing.mapping import MappingForm
from customers.importing.models import Import
from customers.importing.working import work

if TYPE_CHECKING:
    from accounts.models import User


def waiting(content: str | bytes, *, by: User | None = None, name: str = "people.csv") -> Import:
    """It waits until somebody says what its columns hold."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return Import.upload(stream, name=name, by=by, may_ask=True, in_worker=False)


def filled(one: Import) -> dict[str, str]:
    """What the page has filled in for each column of the file, by the name it shows."""
    return {column.name: column.choice.value() for column in MappingForm(one).columns}


def chosen(one: Import) -> list[str]:
    """The same in the columns' order."""
    return [column.choice.value() for column in MappingForm(one).columns]


def guessed(content: str) -> list[str]:
    """For each column of an unknown table, in their order; "?" behind what its cells alone tell."""
    header, *rows = [line.split(";") for line in content.splitlines()]
    found = kind_named("customers").guesses(header, rows)
    marks = {place: f"{one.field}{'?' if one.by_cells else ''}" for place, one in found.items()}
    return [marks.get(place, "") for place in range(len(header))]


def said(one: Import, **changes: str) -> Import:
    """What is filled in is right, but for `column_0="note"` and the like; then it is checked."""
    form = MappingForm(one)
    answers = {bound.name: changes.get(bound.name, bound.value() or "") for bound in form}
    form = MappingForm(one, answers)
    assert form.is_valid(), form.errors
    assert one.map_columns(form.mapping(), by=None)
    work(one.pk)
    one.refresh_from_db()
    return one


def taken_in(content: str | bytes, **changes: str) -> Import:
    """The same from its upload to its last row."""
    one = said(waiting(content), **changes)
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one
