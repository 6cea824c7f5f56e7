"""Keyset paging: every page costs what the first one costs, however deep."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class BadCursor(Exception):
    """The cursor does not come from this list."""


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Rows of one page, and the cursors of its neighbours ("" where there is none)."""

    rows: list[Row] = field(default_factory=list)
    next: str = ""
    previous: str = ""


def keyset_page(
    queryset: QuerySet[Row], ordering: tuple[str, ...], *, cursor: str = "", size: int = 50
) -> KeysetPage[Row]:
    """Read one page in `ordering`, e.g. ("-created_at", "-id"); the last must be unique.

    Columns in the ordering must not be null. All columns share one direction, so that one
    row comparison, and with it one index range, finds the page. Raises BadCursor.
    """
    backwards, values = _decode(cursor, queryset, ordering)
    order = tuple(_flip(name) for name in ordering) if backwards else ordering
    if values:
        queryset = queryset.filter(_after(order, values))
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return _page(
        rows, ordering, has_next=more or backwards, has_previous=more if backwards else bool(values)
    )


def _page(
    rows: list[Row], ordering: tuple[str, ...], *, has_next: bool, has_previous: bool
) -> KeysetPage[Row]:
    if not rows:
        return KeysetPage()
    return KeysetPage(
        rows,
        next=_encode(rows[-1], ordering, backwards=False) if has_next else "",
        previous=_encode(rows[0], ordering, backwards=True) if has_previous else "",
    )


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows behind `values`. The first comparison lets PostgreSQL start inside the index."""
    names = [name.lstrip("-") for name in order]
    sign = "lt" if order[0].startswith("-") else "gt"
    behind = Q(**{f"{names[0]}__{sign}e": values[0]})
    tail = Q()
    for position in range(len(names) - 1, -1, -1):
        step = Q(**{f"{names[position]}__{sign}": values[position]})
        tail = step | (Q(**{names[position]: values[position]}) & tail) if tail else step
    return behind & tail


def _encode(row: Model, ordering: tuple[str, ...], *, backwards: bool) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in ordering]
    text = json.dumps([int(backwards), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
    )


def _decode(
    cursor: str, queryset: QuerySet[Any], ordering: tuple[str, ...]
) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, *texts = parts
        fields = [queryset.model._meta.get_field(name.lstrip("-")) for name in ordering]
        values = [column.to_python(text) for column, text in zip(fields, texts, strict=True)]
    except Exception as error:
        raise BadCursor from error
    if backwards not in (0, 1) or any(value is None for value in values) or "\0" in str(values):
        raise BadCursor
    return bool(backwards), values
