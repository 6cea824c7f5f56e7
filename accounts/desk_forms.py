"""Forms of the desk: code, profile, team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import LANGUAGES, AddressField, NewPasswordForm, PasswordField
from core.forms import LineField
from core.permissions import Role


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("The six digits your app shows now, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class StaffPasswordForm(NewPasswordForm):
    name = LineField(label=_("Your name"), max_length=150)

    field_order = ("name", "password")

    def typed_name(self) -> str:
        return str(self.cleaned_data.get("name", ""))

    name.widget.attrs["autocomplete"] = "name"


class StaffProfileForm(forms.Form):
    name = LineField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As the browser")), *LANGUAGES.items()],
    )


class SetUpForm(CodeForm):
    """The first code, which shows that the app has the secret; and the password."""

    current = PasswordField(label=_("Present password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("The six digits your app shows now.")


class HoldForm(forms.Form):
    note = LineField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For colleagues; the customer never sees it."),
    )


class OwnWordForm(forms.Form):
    because = LineField(
        label=_("How do you know who it is?"),
        max_length=500,
        help_text=_("It is kept with your name."),
    )


class MoveForm(forms.Form):
    to = AddressField(
        label=_("New address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("A link goes there. The account moves when it is used, and not before."),
    )


class InviteForm(forms.Form):
    name = LineField(label=_("Name"), max_length=150, required=False)
    email = AddressField(widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, role.label) for role in roles]
        field.initial = Role.AGENT


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
