"""What the customers' templates need beyond the shared pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import ngettext

from core import words
from customers import badges, levels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers.importing.models import Import

register = template.Library()
register.filter("country_name", words.country_name)
register.simple_tag(levels.level_mark, name="proof_level")
register.filter("reached_at", levels.reached_at)
register.simple_tag(badges.account_badge)
register.simple_tag(badges.consent_badge)


@register.filter
def in_orders(count: int) -> str:
    """So many orders in words: "3 orders"."""
    return ngettext("%(number)s order", "%(number)s orders", count) % {"number": count}


@register.filter
def numbered(one: Import, line: int) -> str:
    """The place of a row in an import's file: "Line 7"."""
    return one.numbered(line)


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What belongs to `key`, or nothing."""
    return mapping.get(key)
