"""What the customers' templates need beyond the shared pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel import Locale
from django import template

from core.money import babel_locale

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What belongs to `key`, or nothing."""
    return mapping.get(key)


@register.filter
def country_name(code: str) -> str:
    """A country's name in the reader's language; the code where nobody knows it."""
    return str(Locale.parse(babel_locale()).territories.get(code, code))
