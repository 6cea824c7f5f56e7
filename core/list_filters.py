"""The filters of a list, as they stand in its address."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from core import words

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User


class FilterForm(forms.Form):
    """What cannot be read is left out, and the page says so."""

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        for name, field in self.fields.items():
            field.required = False
            field.widget.attrs |= {"class": "input", "id": f"filter_{name}"}
        self.is_valid()

    def chosen(self) -> dict[str, Any]:
        """The filters that are on, by the names of their fields."""
        return {name: one for name, one in self.cleaned_data.items() if one not in ("", None)}

    def in_words(self, name: str, value: Any, *, user: User) -> str:  # noqa: ARG002 -- for forms that name rows
        """A filter that is on, as `user` reads it: "Orders from: 3"."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return f"{self.fields[name].label}: {choices.get(value) or _shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return words.day(value)
    return words.number(value) if isinstance(value, int | Decimal) else str(value)
