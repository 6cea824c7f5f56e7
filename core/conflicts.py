"""Two members of staff never overwrite each other silently: the second sees both versions first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import QueryDict
    from django.utils.functional import _StrOrPromise


class ChangedMeanwhile(Exception):
    """Somebody else saved this first."""


class Difference(NamedTuple):
    """One field of which two versions exist, each as a person reads it."""

    label: _StrOrPromise
    theirs: str
    mine: str


def once_more(typed: QueryDict, **seen: object) -> QueryDict:
    """What was typed, as if it had been typed on what stands there now.

    A form of it, saved once more, replaces theirs knowingly.
    """
    again = typed.copy()
    for name, value in seen.items():
        again[name] = str(value)
    return again


def differences(theirs: BaseForm, mine: BaseForm) -> list[Difference]:
    """Where two forms of one kind say different things; hidden fields are nobody's words."""
    both = [
        Difference(field.label or "", _shown(theirs, field.name), _shown(mine, field.name))
        for field in mine.visible_fields()
    ]
    return [one for one in both if one.theirs != one.mine]


def _shown(form: BaseForm, name: str) -> str:
    """The choice's words instead of its code; browsers send line ends of their own."""
    value = form[name].value()
    choices = dict(getattr(form.fields[name], "choices", ()))
    several = value if isinstance(value, list) else ["" if value is None else value]
    text = ", ".join(str(choices.get(one, one)) for one in several)
    return text.replace("\r\n", "\n").strip()
