"""What staff type while a caller speaks. Shape is checked here, in words that tell of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrOrPromise


def heard(label: _StrOrPromise, *, max_length: int = 100, **options: Any) -> LineField:
    """A field for what somebody says: no browser keeps it, none fills it in."""
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    widget = forms.TextInput(attrs | options.pop("attrs", {}))
    return LineField(label=label, max_length=max_length, widget=widget, **options)


class PhoneForm(forms.Form):
    phone = heard(_("Phone number"), attrs={"inputmode": "tel"})


class MailedCodeForm(forms.Form):
    code = heard(_("Code"), max_length=40)


class NothingTypedForm(forms.Form):
    """The customer types it, elsewhere."""


class WordForm(forms.Form):
    because = LineField(
        label=_("How do you know who it is?"),
        max_length=500,
        help_text=_("It is kept with your name."),
    )


class PlaceForm(forms.Form):
    """Which of several mailboxes or numbers; of a single one there is nothing to choose."""

    place = forms.TypedChoiceField(label=_("Where to"), coerce=int, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, places: Iterable[tuple[int, str]], label: _StrOrPromise, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = list(places)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.label, field.choices = label, choices
        field.initial = choices[0][0] if choices else None
        if len(choices) == 1:
            field.widget = forms.HiddenInput()


class HeardCodeForm(forms.Form):
    """At /account/verify/: what the customer is told on the phone."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Eight letters and digits. Small or capital makes no difference."),
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
