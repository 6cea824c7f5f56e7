"""Forms of sign-in, links and profiles. Passwords are checked here, before a link is used up."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserKind, normal_email
from accounts.models.feedback import LONGEST_WORDS
from accounts.passwords import LONGEST, normal_password
from core.forms import LineField, TextField
from shop.models import Shop

LANGUAGES = {"de": "Deutsch", "en": "English"}  # each in its own words
validate_address = EmailValidator()
# Django's pattern ignores case by Unicode's rules, by which a dotless "ı" is an "I". No mail server
# delivers there, and to a reader it looks like somebody else's address.
validate_address.user_regex = re.compile(
    EmailValidator.user_regex.pattern, re.IGNORECASE | re.ASCII
)


class AddressField(forms.EmailField):
    """An e-mail address in the spelling that accounts compare by."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}
        super().__init__(
            **{
                "label": _("E-mail address"),
                "max_length": 254,
                "widget": forms.EmailInput(attrs=attrs),
                **options,
            }
        )

    default_validators = [validate_address]

    def to_python(self, value: Any) -> str:
        return normal_email(super().to_python(value) or "")


def password_widget(autocomplete: str) -> forms.PasswordInput:
    """Works as it is; static/js/password.js adds "Show"."""
    return forms.PasswordInput(
        attrs={
            "autocomplete": autocomplete,
            "data-password": True,
            "data-show": _("Show"),
            "data-hide": _("Hide"),
        }
    )


class PasswordField(forms.CharField):
    """A password that somebody has already. Nothing is trimmed."""

    def __init__(self, **options: Any) -> None:
        widget = password_widget("current-password")
        super().__init__(**{"label": _("Password"), "strip": False, "widget": widget, **options})


class NewPasswordField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = password_widget("new-password")
        widget.attrs["data-meter"] = METER
        help_text = _("At least 10 characters, not a well-known password.")
        super().__init__(
            **{
                "label": _("New password"),
                "strip": False,
                "max_length": LONGEST,
                "widget": widget,
                "help_text": help_text,
                **options,
            }
        )

    def to_python(self, value: Any) -> str:
        return normal_password(super().to_python(value) or "")


# Words from "too short" to "very strong", parted by "|".
METER = _("Too short|Weak|Good enough|Strong|Very strong")


class SignInForm(forms.Form):
    email = AddressField()
    password = PasswordField()


class AddressForm(forms.Form):
    email = AddressField()


class RegisterForm(forms.Form):
    first_name = LineField(label=_("First name"), max_length=100, required=False)
    last_name = LineField(label=_("Last name"), max_length=100, required=False)
    email = AddressField()

    first_name.widget.attrs["autocomplete"] = "given-name"
    last_name.widget.attrs["autocomplete"] = "family-name"


class NewPasswordForm(forms.Form):
    """A new password for `user`, who may be nobody yet: the likeness of names is what counts."""

    password = NewPasswordField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        self.user.name = self.typed_name() or self.user.name
        validate_password(password, self.user)
        return password

    def typed_name(self) -> str:
        """What the person is called from now on, where the form asks for that too."""
        return ""


class ConfirmForm(NewPasswordForm):
    """What a new customer says about themselves when they confirm their address."""

    first_name = LineField(label=_("First name"), max_length=100, required=False)
    last_name = LineField(label=_("Last name"), max_length=100, required=False)

    field_order = ("first_name", "last_name", "password")

    def typed_name(self) -> str:
        names = (self.cleaned_data.get("first_name", ""), self.cleaned_data.get("last_name", ""))
        return " ".join(names).strip()


class ChangePasswordForm(NewPasswordForm):
    """The present password first; whether it is right is counted and asked by the view."""

    current = PasswordField(label=_("Present password"))

    field_order = ("current", "password")


class PresentPasswordForm(forms.Form):
    """For what a stranger at an unlocked screen must not do."""

    current = PasswordField(label=_("Present password"))


class CustomerProfileForm(forms.Form):
    """What customers may change about themselves."""

    first_name = LineField(label=_("First name"), max_length=100, required=False)
    last_name = LineField(label=_("Last name"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language of our mails"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        of_the_shop = _("The shop's language (%(language)s)")
        language = LANGUAGES[Shop.current().language]
        field.choices = [("", of_the_shop % {"language": language}), *LANGUAGES.items()]


def nobody_yet(email: str, name: str = "") -> User:
    """Stands in for a user who is about to be made, so that the password may not resemble them."""
    return User(kind=UserKind.CUSTOMER, email=email, name=name)


def refuse(form: forms.Form, field: str, message: Any) -> None:
    """Show an error that only the view could find."""
    form.add_error(field, ValidationError(message))


class FeedbackForm(forms.Form):
    """Two buttons, and room for what does not work."""

    worked = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Please say yes or no.")},
    )
    words = TextField(label=_("What happens?"), max_length=LONGEST_WORDS, required=False)
