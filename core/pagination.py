"""Keyset paging: every page costs what the first one costs, however deep."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import is_aware

if TYPE_CHECKING:
    from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
# PostgreSQL refuses numbers beyond its own bounds, and JSON can spell text that UTF-8 cannot.
LARGEST_EXPONENT = 30
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class BadCursor(Exception):
    """The cursor does not come from this list."""


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Rows of one page, and the cursors of its neighbours ("" where there is none)."""

    rows: list[Row] = field(default_factory=list)
    next: str = ""
    previous: str = ""


def asked_page(
    request: HttpRequest, queryset: QuerySet[Row], ordering: tuple[str, ...], *, size: int = 50
) -> KeysetPage[Row]:
    """The page that the address asks for; the first one when its cursor is of another list."""
    try:
        return keyset_page(queryset, ordering, cursor=request.GET.get("cursor", ""), size=size)
    except BadCursor:
        return keyset_page(queryset, ordering, size=size)


def keyset_page(
    queryset: QuerySet[Row], ordering: tuple[str, ...], *, cursor: str = "", size: int = 50
) -> KeysetPage[Row]:
    """Read one page in `ordering`, e.g. ("-created_at", "-id"); the last must be unique.

    Columns in the ordering must not be null. All columns share one direction, so that one
    row comparison, and with it one index range, finds the page. Raises BadCursor.
    """
    backwards, values = read_cursor(cursor, queryset.model, ordering)
    order = tuple(_flip(name) for name in ordering) if backwards else ordering
    if values:
        queryset = queryset.filter(_after(order, values))
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return page_of(
        rows, ordering, has_next=more or backwards, has_previous=more if backwards else bool(values)
    )


def page_of(
    rows: list[Row], ordering: tuple[str, ...], *, has_next: bool, has_previous: bool
) -> KeysetPage[Row]:
    """A page of rows that were read otherwise, e.g. by SQL of one's own."""
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


def read_cursor(
    cursor: str, model: type[Model], ordering: tuple[str, ...]
) -> tuple[bool, list[Any]]:
    """Whether the cursor leads backwards, and the values of the row it starts from.

    An empty cursor starts at the first row, without values. Raises BadCursor.
    """
    if not cursor:
        return False, []
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, *texts = parts
        fields = [_column(model, name.lstrip("-")) for name in ordering]
        values = [column.to_python(text) for column, text in zip(fields, texts, strict=True)]
    except Exception as error:
        raise BadCursor from error
    if backwards not in (0, 1) or not all(_is_possible(value) for value in values):
        raise BadCursor
    return bool(backwards), values


def _column(model: type[Model], name: str) -> Any:
    """The field that knows how to read the value; a generated one knows it at second hand."""
    column = model._meta.get_field(name)
    return getattr(column, "output_field", column)


def _is_possible(value: Any) -> bool:
    if isinstance(value, datetime):
        return is_aware(value)
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) <= LARGEST_EXPONENT
    return value is not None and "\0" not in str(value) and not LONE_SURROGATE.search(str(value))
