"""What a bulk change asks for, beside who is chosen: most kinds ask for nothing but the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from customers.models import Tag


class BulkForm(forms.Form):
    def tags(self) -> list[Tag]:
        return []
