"""Which of the database's rules a write has broken: one means "too late", any other a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import IntegrityError


def broke(error: IntegrityError, *names: str) -> bool:
    """Whether the error is about one of these constraints or unique indexes, by their names."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) in names
