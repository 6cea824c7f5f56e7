"""What staff type about customers. Shape is checked here, rules in the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from core.list_filters import FilterForm
from customers.models import (
    AccountState,
    Address,
    BadIdentity,
    Consent,
    Customer,
    email_key,
    phone_key,
)
from shop.forms import countries
from shop.models import FormOfAddress, Language, Shop

WRITABLE_CONSENTS = (Consent.SUBSCRIBED, Consent.UNSUBSCRIBED)
AS_THE_SHOP = ("", _("As the shop"))


def country_choices() -> list[tuple[str, str]]:
    return [("", "–"), *countries()]


class PersonForm(forms.Form):
    """The fields that stand on the customer's own row."""

    first_name = LineField(label=_("First name"), max_length=100, required=False)
    last_name = LineField(label=_("Last name"), max_length=100, required=False)
    company = LineField(label=_("Company"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[AS_THE_SHOP, *Language.choices], required=False
    )
    form_of_address = forms.ChoiceField(
        label=_("Form of address"), choices=[AS_THE_SHOP, *FormOfAddress.choices], required=False
    )
    note = TextField(label=_("Note"), max_length=5000, required=False)

    def person(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in Customer.STAFF_FIELDS}


class EmailField(LineField):
    """An address that customers can have; the one rule of `email_key`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, widget=forms.EmailInput(), **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return text and email_key(text) and text
        except BadIdentity as error:
            raise forms.ValidationError(_("This is not an e-mail address.")) from error


class PhoneField(LineField):
    """A number as people of the shop's country write it, or with +."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput({"type": "tel"}), **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return text and phone_key(text, Shop.current().country) and text
        except BadIdentity as error:
            raise forms.ValidationError(
                _("This is not a phone number. Numbers from abroad begin with +.")
            ) from error


class NewCustomerForm(PersonForm):
    email = EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    tags = LineField(
        label=_("Tags"), max_length=500, required=False, help_text=_("Separated by commas.")
    )
    subscribed = forms.BooleanField(
        label=_("The customer agreed to receive newsletters by e-mail"), required=False
    )
    field_order = ("first_name", "last_name", "email", "phone", "company", "language")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not any(
            given.get(name) for name in ("first_name", "last_name", "company", "email", "phone")
        ):
            raise forms.ValidationError(_("Enter a name, an e-mail address or a phone number."))
        return given

    def tag_names(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["tags"].split(",") if name.strip()]


class ContactForm(PersonForm):
    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, max_value=2**31 - 1)


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's is not generic at runtime
    version = forms.IntegerField(
        widget=forms.HiddenInput(), min_value=0, max_value=2**31 - 1, required=False
    )

    class Meta:
        model = Address
        fields = (
            "first_name",
            "last_name",
            "company",
            "street",
            "extra",
            "postal_code",
            "city",
            "region",
            "country",
            "phone",
        )
        labels = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "company": _("Company"),
            "street": _("Street and number"),
            "extra": _("Address line 2"),
            "postal_code": _("Postal code"),
            "city": _("City"),
            "region": _("State or region"),
            "country": _("Country"),
            "phone": _("Phone"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=country_choices, required=False
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not (given.get("street") or given.get("city")):
            raise forms.ValidationError(_("Enter at least a street or a city."))
        return given

    def parts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class IdentityForm(forms.Form):
    """One more address or number; `kind` says which."""

    kind = forms.ChoiceField(choices=[("email", ""), ("phone", "")], widget=forms.HiddenInput())
    value = LineField(label=_("E-mail or phone"), max_length=254)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        field = EmailField() if given["kind"] == "email" else PhoneField()
        try:
            given["value"] = field.clean(given["value"])
        except forms.ValidationError as error:
            self.add_error("value", error)
        return given


class ConsentForm(forms.Form):
    email = forms.ChoiceField(label=_("E-mail"), choices=())
    sms = forms.ChoiceField(label=_("SMS"), choices=())
    # What stood there when the form was opened.
    email_seen = forms.ChoiceField(choices=Consent.choices, widget=forms.HiddenInput())
    sms_seen = forms.ChoiceField(choices=Consent.choices, widget=forms.HiddenInput())

    def __init__(self, given: Any = None, *, customer: Customer) -> None:
        now = {"email": customer.email_consent, "sms": customer.sms_consent}
        seen = {f"{name}_seen": state for name, state in now.items()}
        super().__init__(given, initial={**now, **seen})
        for name, state in now.items():
            shown = (given or {}).get(f"{name}_seen", state)
            offered = [one for one in Consent if one in {state, shown, *WRITABLE_CONSENTS}]
            choices = [(one.value, one.label) for one in offered]
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
            self.fields[name].disabled = state == Consent.REDACTED


class TagForm(forms.Form):
    name = LineField(label=_("Tag"), max_length=255)


class NoteForm(forms.Form):
    text = TextField(label=_("Note"), max_length=5000)


class LetterForm(forms.Form):
    subject = LineField(label=_("Subject"), max_length=200)
    text = TextField(label=_("Message"), max_length=10_000, widget=forms.Textarea({"rows": 10}))


class CustomerFilter(FilterForm):
    account = forms.ChoiceField(
        label=_("Account"),
        choices=[("", _("Any account")), *AccountState.choices, ("disabled", _("Disabled"))],
    )
    subscription = forms.ChoiceField(
        label=_("E-mail subscription"), choices=[("", _("Any subscription")), *Consent.choices]
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", _("Any country")), *countries()]
    )
    tag = LineField(label=_("Tag"), max_length=255)
    orders_min = forms.IntegerField(label=_("Orders from"), min_value=0, max_value=2**31 - 1)
    orders_max = forms.IntegerField(label=_("Orders to"), min_value=0, max_value=2**31 - 1)
    spent_min = forms.DecimalField(
        label=_("Spent from"), min_value=0, max_digits=12, decimal_places=2
    )
    spent_max = forms.DecimalField(
        label=_("Spent to"), min_value=0, max_digits=12, decimal_places=2
    )
