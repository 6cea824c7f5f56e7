"""Rows of an import as a file: names and addresses of many, so it is noted who takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.db import transaction

from customers.importing.changes import change_lines
from customers.importing.rejects import problem_lines
from events.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from customers.importing.models import Import

PARTS: dict[str, Callable[[Import], Iterator[list[object] | None]]] = {
    "problems": problem_lines,
    "changes": change_lines,
}


def take(one: Import, part: str, *, by: User) -> Iterator[list[object] | None]:
    """The lines of one of PARTS. Leaves an event that names the file's number, and nobody in it."""
    with transaction.atomic():
        record("user.downloaded_import_rows", by, by=by, of_import=one.pk, part=part)
    return PARTS[part](one)
