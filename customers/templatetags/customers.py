"""What the customers' templates need beyond the shared pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from core import words

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()
register.filter("country_name", words.country_name)


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What belongs to `key`, or nothing."""
    return mapping.get(key)
