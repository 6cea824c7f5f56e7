"""What staff type about customers. Shape is checked here, rules in the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from core.list_filters import FilterForm
from customers.models import (
    AccountState,
    Address,
    BadIdentity,
    Consent,
    Customer,
    Identity,
    IdentityKind,
    email_key,
    phone_key,
)
from customers.models.tags import LONGEST_TAG, names_in
from shop.forms import countries
from shop.models import FormOfAddress, Language, Shop

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

WRITABLE_CONSENTS = (Consent.SUBSCRIBED, Consent.UNSUBSCRIBED)
# Tags that are in use already are offered while one is typed.
SUGGESTS_TAGS = {
    "list": "tag_names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("tag_list"),
    "hx-trigger": "input changed delay:150ms, focus once",
    "hx-target": "#tag_names",
    "hx-swap": "innerHTML",
    "hx-sync": "this:replace",
}
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
    note = TextField(label=_("Remark"), max_length=5000, required=False)

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
    """A number as people of a country write it, the shop's if none is said, or with +."""

    def __init__(self, *, country: str = "", **options: Any) -> None:
        self.country = country
        super().__init__(max_length=60, widget=forms.TextInput({"type": "tel"}), **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            return text and phone_key(text, self.country or Shop.current().country) and text
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
    """One more address or number of a customer; `kind` says which.

    An address that is another customer's primary one is added only when that is said once more.
    """

    kind = forms.ChoiceField(choices=IdentityKind.choices, widget=forms.HiddenInput())
    although = forms.CharField(required=False)

    def __init__(self, given: Any = None, *, customer: Customer, kind: str = "") -> None:
        wanted = (given or {}).get("kind", kind)
        self.of_kind = wanted if wanted in IdentityKind.values else IdentityKind.EMAIL.value
        super().__init__(given, auto_id=f"{self.of_kind}_%s", initial={"kind": self.of_kind})
        self.customer = customer
        self.taken_by: Identity | None = None
        is_email = self.of_kind == IdentityKind.EMAIL
        label = _("Another e-mail address") if is_email else _("Another phone number")
        number = PhoneField(label=label, country=customer.country)
        self.fields["value"] = EmailField(label=label) if is_email else number

    @property
    def control(self) -> SafeString:
        """The field, its label within; as `{% field %}` draws it, but beside its button."""
        attrs: dict[str, str | bool] = {"class": "input", "autocomplete": "off"}
        attrs["placeholder"] = str(self["value"].label)
        if self["value"].errors:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{self['value'].auto_id}_error"}
        return self["value"].as_widget(attrs=attrs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self.of_kind == IdentityKind.EMAIL:
            key = email_key(given["value"])
            if given["although"] != key and self._owner_of(key):
                self.refuse_taken()
        return given

    def refuse_taken(self) -> None:
        self.taken_by = self._owner_of(email_key(self.data["value"]))
        self.add_error("value", _("Another customer has this address."))

    def _owner_of(self, key: str) -> Identity | None:
        owned = Identity.objects.emails().primary().filter(key=key)
        return owned.exclude(customer=self.customer).select_related("customer").first()

    @property
    def may_share(self) -> bool:
        """Only as a further address: a primary one is one customer's."""
        return self.taken_by is not None and bool(self.customer.primary_email)


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
    tag = LineField(
        label=_("New tag"),
        max_length=500,
        widget=forms.TextInput(
            {"class": "input", "id": "new-tag", "placeholder": _("New tag"), **SUGGESTS_TAGS}
        ),
    )

    def clean_tag(self) -> list[str]:
        """The names: one, or several between commas."""
        names = names_in(self.cleaned_data["tag"])
        if not names or max(map(len, names)) > LONGEST_TAG:
            raise forms.ValidationError(_("A tag has between 1 and 255 letters."))
        return names


class NoteForm(forms.Form):
    text = TextField(
        label=_("Note"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3, "data-mentions": "note-colleagues"}),
    )


class LetterForm(forms.Form):
    subject = LineField(label=_("Subject"), max_length=200)
    text = TextField(label=_("Message"), max_length=10_000, widget=forms.Textarea({"rows": 10}))


class CustomerFilter(FilterForm):
    account = forms.ChoiceField(
        label=_("Account"),
        choices=[
            ("", _("Any account")),
            *AccountState.choices,
            ("disabled", _("Disabled")),
            ("held", _("On hold")),
        ],
    )
    subscription = forms.ChoiceField(
        label=_("E-mail subscription"), choices=[("", _("Any subscription")), *Consent.choices]
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", _("Any country")), *countries()]
    )
    tag = LineField(label=_("Tag"), max_length=LONGEST_TAG, widget=forms.TextInput(SUGGESTS_TAGS))
    orders_min = forms.IntegerField(label=_("Orders from"), min_value=0, max_value=2**31 - 1)
    orders_max = forms.IntegerField(label=_("Orders to"), min_value=0, max_value=2**31 - 1)
    spent_min = forms.DecimalField(
        label=_("Spent from"), min_value=0, max_digits=12, decimal_places=2
    )
    spent_max = forms.DecimalField(
        label=_("Spent to"), min_value=0, max_digits=12, decimal_places=2
    )
