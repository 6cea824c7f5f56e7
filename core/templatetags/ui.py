"""Pieces of the look that templates are built from. A builtin library: no template loads it."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from core import words
from core.frame import navigation_for, storefront_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BaseForm, BoundField
    from django.template import Context
    from django.utils.functional import _StrOrPromise

    from core.pagination import KeysetPage

register = template.Library()
register.filter("money", words.money)
register.filter("number", words.number)
register.filter("day", words.day)
register.filter("moment", words.moment)
register.filter("when", words.when)
register.filter("zone", words.zone)
register.filter("time_left", words.time_left)

HUES = 8
CHOICE_WIDGETS = (CheckboxInput, CheckboxSelectMultiple, RadioSelect)
NOTICE_ICONS = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
    "info": "info",
}
_MENU = """<details class="{}" data-menu{}>
  <summary class="btn{}">{}</summary>
  <div class="list">{}</div>
</details>
"""
_ICON_ALONE = '{}<span class="visually-hidden">{}</span>'
_ROW_MENU = _MENU.format(
    "menu",
    ' data-lines="unasked" hx-get="{}" hx-trigger="lines" hx-target="find .list"'
    ' hx-swap="innerHTML"',
    " ghost icon-only",
    _ICON_ALONE,
    '<div class="who"><span>{}</span></div>',
)
_PICK = (
    '<label><input type="checkbox" class="check" name="{}" value="{}" form="{}" autocomplete="off">'
    '<span class="visually-hidden">{}</span></label>'
)
LEVELS = {"success": "ok", "error": "bad", "warning": "warn", "info": "ok", "debug": "ok"}


@register.simple_tag(name="icon")
@lru_cache(maxsize=256)
def outline(name: str, extra: str = "") -> SafeString:
    """An outline in the colour of the text, hidden from screen readers: a word stands beside it."""
    classes = f"icon {extra}".strip()
    return mark_safe(lucide(name, size=18, **{"class": classes, "aria-hidden": "true"}))  # noqa: S308 -- from the icon package


@register.simple_tag
def badge(text: _StrOrPromise, state: str = "") -> SafeString:
    """A state in a word. `state`: ok, warn, bad, info, plain (no dot) or nothing."""
    return format_html('<span class="{}">{}</span>', f"badge {state}".strip(), text)


@register.simple_tag
def avatar(name: object, extra: str = "") -> SafeString:
    """Initials on a colour that stays the same for the same name."""
    text = str(name).strip()
    hue = zlib.crc32(text.encode()) % HUES + 1
    classes = f"avatar hue-{hue} {extra}".strip()
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', classes, words.initials(text)
    )


@register.filter
def level(message: Any) -> str:
    """The look of one of Django's messages."""
    return LEVELS.get(message.level_tag, "ok")


@register.filter
def level_icon(message: Any) -> str:
    return NOTICE_ICONS[level(message)]


@register.inclusion_tag("ui/navigation.html", takes_context=True)
def desk_navigation(context: Context) -> dict[str, Any]:
    """The side navigation, and the phone's bar made from the same lines."""
    return navigation_for(context["request"])


@register.inclusion_tag("storefront/_navigation.html", takes_context=True)
def storefront_navigation(context: Context) -> dict[str, Any]:
    return {"links": storefront_lines(context["request"])}


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, *, wide: bool = False, label: str = "", placeholder: str = ""
) -> dict[str, Any]:
    """Label, control, help and errors of one form field, tied together for screen readers."""
    choice = isinstance(bound.field.widget, CHOICE_WIDGETS)
    attrs: dict[str, str | bool] = {"class": "check" if choice else "input"}
    attrs |= _described_by(bound)
    if placeholder:
        attrs["placeholder"] = placeholder
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "choice": isinstance(bound.field.widget, CheckboxInput),
        "group": isinstance(bound.field.widget, (CheckboxSelectMultiple, RadioSelect)),
        "wide": wide,
    }


def _described_by(bound: BoundField) -> dict[str, str | bool]:
    parts = [f"{bound.auto_id}_help"] if bound.help_text else []
    parts += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(parts)} if parts else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
        # The cursor waits where the first slip is, and a screen reader reads what is wrong.
        attrs |= {"autofocus": True} if bound.name == next(iter(bound.form.errors)) else {}
    return attrs


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, and links to fields where several need a look."""
    wrong = [bound for bound in form if bound.errors and not bound.is_hidden]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {
        "errors": [*form.non_field_errors(), *hidden],
        "wrong": wrong if len(wrong) > 1 else [],
    }


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(
    context: Context, page: KeysetPage[Any], *, label: str = "", target: str = ""
) -> dict[str, Any]:
    """Earlier and later rows. With `target`, an element's id, only that part is fetched."""
    return {"request": context["request"], "page": page, "label": label, "target": target}


@register.simple_block_tag
def menu(content: str, label: str, *, icon: str = "", extra: str = "") -> str:
    """A button that opens the links and forms inside; with an icon, the label is only spoken."""
    if icon:
        shown = format_html(_ICON_ALONE, outline(icon), label)
    else:
        shown = format_html("{}{}", label, outline("chevron-down"))
    look = " ghost icon-only" if icon else ""
    return format_html(_MENU, f"menu {extra}".strip(), "", look, shown, content)


@register.simple_tag
def row_menu(name: str, lines_url: str) -> SafeString:
    """The menu of a list's row, `name`; its lines are fetched when a pointer or the focus nears.

    No template of its own: a list has fifty of them.
    """
    label = _("Actions for %(name)s") % {"name": name}
    return format_html(_ROW_MENU, lines_url, outline("ellipsis"), label, _("Loading…"))


@register.simple_tag
def pick(field: str, value: object, name: str, *, form: str) -> SafeString:
    """The box that chooses a list's row, `name`, for the form of that id."""
    label = _("Choose %(name)s") % {"name": name}
    return format_html(_PICK, field, value, form, label)


@register.simple_block_tag
def dialog(content: str, name: str, title: str) -> str:
    """A modal dialog with the id `name`; `{% dialog_button name %}` opens it."""
    return render_to_string("ui/dialog.html", {"content": content, "name": name, "title": title})


@register.inclusion_tag("ui/dialog_button.html")
def dialog_button(name: str, label: str, *, extra: str = "", icon: str = "") -> Mapping[str, str]:
    return {"name": name, "label": label, "extra": extra, "icon": icon}


@register.simple_block_tag
def notice(content: str, state: str = "info", title: str = "", *, name: str = "") -> str:
    """A result or a warning in the page, with what to do about it."""
    icon_name = NOTICE_ICONS[state]
    context = {"content": content, "state": state, "title": title, "icon": icon_name, "name": name}
    return render_to_string("ui/notice.html", context)


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "inbox", text: str = "", extra: str = "") -> str:
    """What stands where rows would be; inside, the action that leads on."""
    context = {"content": content, "title": title, "icon": icon, "text": text, "extra": extra}
    return render_to_string("ui/empty.html", context)


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str, *, detail: str = "") -> dict[str, Any]:
    return {"done": done, "total": total, "label": label, "detail": detail}


@register.inclusion_tag("ui/save_bar.html")
def save_bar(*, save: str = "") -> dict[str, str]:
    """The form's last element: Save and Discard. JavaScript hides it until something changes."""
    return {"save": save}
