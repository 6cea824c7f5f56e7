"""The form for a table: what does each of its columns hold?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from customers.importing.columns import OWN_NAMES, keys, plain
from customers.importing.kinds import Guess, kind_named
from customers.importing.models import Import
from customers.importing.reading import sample_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.forms import BoundField

EXAMPLES = 3
SHOWN = 40
# Of a column that nobody has looked at.
NO_GUESS = Guess("", by_cells=False)


@dataclass(frozen=True)
class Column:
    """A column of the file: its name, some of its cells, and the choice of what it holds."""

    name: str
    examples: list[str]
    choice: BoundField


class MappingForm(forms.Form):
    """A choice for each column, filled as it was before, as the last file was, as it is known by
    its name, or guessed.
    """

    def __init__(self, one: Import, answers: Any = None) -> None:
        super().__init__(answers)
        self._one, self._kind = one, kind_named(one.kind)
        self._header, self._rows = sample_of(one.file.open, one.shape)
        self._keys = keys(self._header)
        layout = self._kind.own_layout(self._header)
        self._own = {place: field for field, place in layout.places.items()} if layout else {}
        for place, name in enumerate(self._header):
            guess = self._filled.get(place, NO_GUESS)
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name.strip() or _("Column {number}").format(number=place + 1),
                choices=list(self._choices(place)),
                required=False,
                widget=forms.Select(attrs={"class": "input"}),
                initial=guess.field,
                help_text=self._hint(name, guess),
            )

    @property
    def columns(self) -> list[Column]:
        return [
            Column(str(bound.label), self._examples(place), bound)
            for place, bound in enumerate(self)
        ]

    @property
    def is_said(self) -> bool:
        """Somebody has said it of this very file, and wants to change it."""
        return bool(self._one.mapping)

    @property
    def is_known(self) -> bool:
        """It would be read without asking, and nobody has said anything yet."""
        return bool(self._own) and not (self.is_said or self.remembered)

    @property
    def is_headless(self) -> bool:
        """The file's first line is a row."""
        return not any(map(plain, self._header))

    @cached_property
    def remembered(self) -> Import | None:
        """The last file with just these columns, of which it was said what they hold."""
        names = {plain(name) for name in self._header} - {""}
        if not names - OWN_NAMES:
            return None
        of_kind = Import.objects.filter(kind=self._one.kind).exclude(pk=self._one.pk)
        earlier = of_kind.filter(mapping__has_keys=sorted(self._told)).newest_first()
        found = earlier.select_related("file")[:20]
        return next((one for one in found if set(one.mapping) - OWN_NAMES == self._told), None)

    def mapping(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"column_{place}"] for place, key in enumerate(self._keys)}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = [field for field in said.values() if field]
        twice = {field for field in chosen if chosen.count(field) > 1} - self._kind.repeated
        for field in sorted(twice):
            word = str(self._kind.mappable[field])
            self.add_error(None, _("Two columns cannot both hold: {field}").format(field=word))
        return said

    def _choices(self, place: int) -> Iterator[tuple[str, str]]:
        """An id can be chosen where one is known to stand, and nowhere else."""
        yield "", _("Not taken in")
        own = self._own.get(place, "")
        if word := self._kind.own_fields.get(own):
            yield own, str(word)
        yield from ((field, str(word)) for field, word in self._kind.mappable.items())

    @property
    def _told(self) -> set[str]:
        """The columns' keys, but for those that our own list of rejected rows has in front."""
        return set(self._keys) - OWN_NAMES

    @cached_property
    def _filled(self) -> Mapping[int, Guess]:
        said = self._one.mapping or (self.remembered.mapping if self.remembered else None)
        if said is None and self._own:
            return {place: Guess(field, by_cells=False) for place, field in self._own.items()}
        if said is None:
            return self._kind.guesses(self._header, self._rows)
        return {
            place: Guess(said.get(key, ""), by_cells=False) for place, key in enumerate(self._keys)
        }

    def _hint(self, name: str, guess: Guess) -> str:
        if guess.by_cells:
            return _("Guessed by its cells: please have a look.")
        is_left_out = not guess.field and self._kind.is_left_out(plain(name))
        return _("ShopDesk has no place for this.") if is_left_out else ""

    def _examples(self, place: int) -> list[str]:
        cells = (row[place].strip() for row in self._rows if place < len(row))
        filled = [cell for cell in cells if cell][:EXAMPLES]
        return [Truncator(cell).chars(SHOWN) for cell in filled]
