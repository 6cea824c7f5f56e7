"""What two people typed into one form, side by side."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from core.conflicts import differences, once_more


class Person(forms.Form):
    name = forms.CharField(label="Name")
    note = forms.CharField(label="Note", required=False)
    language = forms.ChoiceField(label="Language", choices=[("de", "German"), ("en", "English")])
    roles = forms.MultipleChoiceField(
        label="Roles", choices=[("lead", "Leads"), ("agent", "Agents")], required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput())


THEIRS = {"name": "Jana", "note": "One\nTwo", "language": "de", "version": 2}


def mine(**typed: str) -> Person:
    query = QueryDict(mutable=True)
    query.update({"name": "Jana", "note": "One\r\nTwo", "language": "de", "version": "1", **typed})
    return Person(once_more(query, version=2))


def test_each_field_that_differs_is_shown_in_words() -> None:
    found = differences(Person(initial=THEIRS), mine(name="Ana", language="en"))
    assert found == [("Name", "Jana", "Ana"), ("Language", "German", "English")]


def test_several_choices_are_shown_in_words_too() -> None:
    theirs = Person(initial={**THEIRS, "roles": ["lead", "agent"]})
    assert differences(theirs, mine(roles="agent")) == [("Roles", "Leads, Agents", "Agents")]
    assert differences(theirs, mine()) == [("Roles", "Leads, Agents", "")]


def test_line_ends_of_browsers_and_hidden_fields_are_no_difference() -> None:
    assert differences(Person(initial=THEIRS), mine()) == []


def test_what_was_typed_wrongly_is_shown_as_it_was_typed() -> None:
    found = differences(Person(initial=THEIRS), mine(language="fr", name=""))
    assert found == [("Name", "Jana", ""), ("Language", "German", "fr")]


def test_saved_once_more_it_stands_on_theirs() -> None:
    form = mine(name="Ana")
    assert form.is_valid()
    assert (form.cleaned_data["name"], form.cleaned_data["version"]) == ("Ana", 2)
