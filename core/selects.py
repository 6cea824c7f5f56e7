"""Choices as HTML: a country is one of 250, and Django would render two templates for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


class FormRenderer(DjangoTemplates):
    """Django's own templates, but for selects of plain options: the same HTML without one."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        if template_name == SELECT and _is_plain(context["widget"]):
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget: Mapping[str, Any]) -> SafeString:
    """What `django/forms/widgets/select.html` makes of such a widget's context."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    start = f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>'
    return mark_safe(f"{start}{groups}</select>")  # noqa: S308 -- each part is escaped


def _is_plain(widget: Mapping[str, Any]) -> bool:
    return all(
        option["template_name"] == OPTION
        for _name, options, _index in widget["optgroups"]
        for option in options
    )


def _group(name: Any, options: Iterable[Mapping[str, Any]]) -> str:
    inner = "".join(map(_option, options))
    return f'<optgroup label="{conditional_escape(name)}">{inner}</optgroup>' if name else inner


def _option(option: Mapping[str, Any]) -> str:
    value, label = _escaped(option["value"]), _escaped(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _escaped(text: Any) -> str:
    """Django's way takes tens of steps; nothing but plain text goes the short one."""
    return escape(text) if type(text) is str else conditional_escape(text)


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}"
        + ("" if value is True else f'="{conditional_escape(value)}"')
        for name, value in attributes.items()
        if value is not False
    )
