"""Selects read as Django's own templates would write them, only sooner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core.selects import FormRenderer

HOSTILE = '"><script>alert(1)</script>&'
CHOICES: dict[str, Any] = {
    "none": [],
    "plain": [("", "---"), ("DE", "Deutschland"), (1, "One"), (None, "Nothing")],
    "hostile": [(HOSTILE, HOSTILE)],
    "marked safe": [("a", mark_safe("<b>A</b>"))],
    "translated": [("a", gettext_lazy("Customers"))],
    "in groups": [
        ("Europe", [("DE", "Germany"), ("AT", "Austria")]),
        ("x", "Others"),
        (HOSTILE, [("y", "Y")]),
    ],
}


def html(renderer: Any, widget: forms.Widget, value: Any, **attributes: Any) -> str:
    said = widget.render("country", value, attrs=attributes, renderer=renderer)
    return re.sub(r"\s*\n\s*", "", said)


@pytest.mark.parametrize("value", ["DE", "1", None, HOSTILE, "a"])
@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_it_reads_like_djangos(widget: type[forms.Select], choices: Any, value: Any) -> None:
    made = widget() if widget is forms.NullBooleanSelect else widget(choices=choices)
    given = [value] if widget is forms.SelectMultiple else value
    attributes = {"class": HOSTILE, "required": True, "disabled": False, "size": 3}
    expected = html(DjangoTemplates(), made, given, **attributes)
    assert html(FormRenderer(), made, given, **attributes) == expected
    assert expected.startswith('<select name="country"')


def test_an_option_with_a_template_of_its_own_keeps_it() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/input_option.html"

    made = Own(choices=[("a", "A")])
    assert html(FormRenderer(), made, "a") == html(DjangoTemplates(), made, "a")
    assert "<option" not in html(FormRenderer(), made, "a")
