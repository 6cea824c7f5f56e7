"""The form for a table of unknown columns: what does each hold?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.columns import plain
from customers.importing.kinds import kind_named
from customers.importing.models import Import
from customers.importing.reading import first_records

if TYPE_CHECKING:
    from django.forms import BoundField

EXAMPLES = 3
SHOWN = 40
NAMESAKE = gettext_lazy(
    "Columns are told apart by their names. Give this one a name of its own in the file's first"
    " line, and upload it again."
)


@dataclass(frozen=True)
class Column:
    """A column of the file: its name, some of its cells, and the choice of what it holds."""

    name: str
    examples: list[str]
    choice: BoundField


class MappingForm(forms.Form):
    """A choice for each column, filled as the last file with these columns was, or guessed."""

    def __init__(self, one: Import, answers: Any = None) -> None:
        super().__init__(answers)
        self._one = one
        self._header, *self._rows = first_records(one.file.open, one.shape, EXAMPLES)
        kind = kind_named(one.kind)
        choices = [
            ("", _("Not taken in")),
            *((key, str(word)) for key, word in kind.mappable.items()),
        ]
        filled = _remembered(one, self._header.cells) or _guessed(one, self._header.cells)
        for place, name in enumerate(self._header.cells):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name.strip() or _("Column {number}").format(number=place + 1),
                choices=choices,
                required=False,
                widget=forms.Select(attrs={"class": "input"}),
                initial="" if place in self._namesakes else filled.get(plain(name), ""),
            )

    @property
    def columns(self) -> list[Column]:
        return [
            Column(str(bound.label), self._examples(place), bound)
            for place, bound in enumerate(self)
        ]

    def _examples(self, place: int) -> list[str]:
        cells = [row.cells[place] for row in self._rows if place < len(row.cells)]
        return [Truncator(cell.strip()).chars(SHOWN) for cell in cells if cell.strip()]

    def mapping(self) -> dict[str, str]:
        return {
            plain(name): self.cleaned_data[f"column_{place}"]
            for place, name in enumerate(self._header.cells)
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = [field for field in said.values() if field]
        for field in {field for field in chosen if chosen.count(field) > 1}:
            word = str(kind_named(self._one.kind).mappable[field])
            self.add_error(None, _("Two columns cannot both hold: {field}").format(field=word))
        for place in self._namesakes:
            if said.get(f"column_{place}"):
                self.add_error(f"column_{place}", NAMESAKE)
        return said

    @cached_property
    def _namesakes(self) -> list[int]:
        """Columns that are called like another, or like it are not called anything."""
        names = [plain(name) for name in self._header.cells]
        often = Counter(names)
        return [place for place, name in enumerate(names) if often[name] > 1]


def _remembered(one: Import, header: list[str]) -> dict[str, str]:
    """What was said of a file with just these columns the last time."""
    names = sorted({plain(name) for name in header})
    earlier = Import.objects.filter(kind=one.kind, mapping__has_keys=names).newest_first()
    said = (mapping for mapping in earlier.values_list("mapping", flat=True)[:20])
    return next((mapping for mapping in said if sorted(mapping) == names), {})


def _guessed(one: Import, header: list[str]) -> dict[str, str]:
    """Each field for the first column that may hold it."""
    guess = kind_named(one.kind).guess
    found: dict[str, str] = {}
    for name in map(plain, header):
        if (field := guess(name)) and field not in found.values():
            found[name] = field
    return found
