"""Showing what apps have put into a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from django.template import Context

    from core.slots import FilledPanel

register = template.Library()


@register.simple_tag(takes_context=True)
def show_panel(context: Context, panel: FilledPanel) -> SafeString:
    """Render a panel's template with the page's context and, above it, the panel's own."""
    piece = context.template.engine.get_template(panel.template)  # type: ignore[union-attr]  # bound while rendering
    with context.push(panel=panel, **panel.context):
        return mark_safe(piece.render(context))  # noqa: S308 -- a template of ours, escaped by itself
