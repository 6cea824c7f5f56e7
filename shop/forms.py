"""What staff type about the shop."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.numbers import get_currency_name, list_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField
from core.money import babel_locale
from shop.logos import LogoTooLarge, NotALogo, as_logo
from shop.models import FormOfAddress, Language, Shop

if TYPE_CHECKING:
    import io

    from django.http import QueryDict

    ModelForm = forms.ModelForm[Shop]
else:
    ModelForm = forms.ModelForm

Choices = list[tuple[str, str]]
# ISO 4217's codes for metals, funds and tests; nobody pays with them.
NO_MONEY = frozenset(
    {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"}
)


def time_zones() -> Choices:
    return [(zone, zone.replace("_", " ")) for zone in _zones()]


def currencies() -> Choices:
    """Currencies in use today, by their names in the reader's language."""
    locale = babel_locale()
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in _currencies()]


def countries() -> Choices:
    """Countries by name, as the reader's language sorts them (folded: no ICU is needed)."""
    return list(_countries(babel_locale()))


@lru_cache(maxsize=2)
def _countries(locale: str) -> Choices:
    names = Locale.parse(locale).territories
    found = [(str(code), str(name)) for code, name in names.items()]
    real = [pair for pair in found if len(pair[0]) == 2 and pair[0] not in NO_COUNTRY]
    return sorted(real, key=_folded)


NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U", "Å": "A"})


def _folded(pair: tuple[str, str]) -> str:
    return pair[1].translate(PLAIN).casefold()


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")


@lru_cache(maxsize=1)
def _currencies() -> list[str]:
    used = set(list_currencies("de")) & _current_tender()
    return sorted(used - NO_MONEY)


def _current_tender() -> set[str]:
    """What any country pays with now, by CLDR."""
    from babel.core import get_global

    periods = get_global("territory_currencies").values()
    return {
        code
        for country in periods
        for code, _from, until, tender in country
        if tender and not until
    }


class ShopForm(ModelForm):
    """Settings › Shop. `version` is what the typist saw."""

    name = LineField(label=_("Shop name"), max_length=100)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        help_text=_("For customers whose own language nobody knows."),
    )
    form_of_address = forms.ChoiceField(
        label=_("Form of address in German"),
        choices=FormOfAddress.choices,
        help_text=_("For customers and for the pages of the desk."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    company = LineField(label=_("Company"), max_length=150, required=False)
    street = LineField(label=_("Street and number"), max_length=150, required=False)
    postal_code = LineField(label=_("Postal code"), max_length=20, required=False)
    city = LineField(label=_("City"), max_length=100, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Customers see it below every mail.")
    )
    phone = LineField(label=_("Phone"), max_length=40, required=False)
    website = forms.URLField(
        label=_("Website"), required=False, assume_scheme="https", max_length=200
    )
    colour = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color", "data-colour": ""}),
        help_text=_("Of buttons and links in the storefront and in mails."),
        error_messages={"invalid": _("Write the colour as #12664f.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Shop
        fields = [
            "name", "language", "form_of_address", "time_zone", "currency", "company", "street",
            "postal_code", "city", "country", "email", "phone", "website", "colour",
        ]  # fmt: skip

    def __init__(self, posted: QueryDict | None = None, *, instance: Shop) -> None:
        super().__init__(posted, instance=instance, initial={"version": instance.version})

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def changes(self) -> dict[str, Any]:
        """What differs from the shop as the form was filled with it."""
        names = [name for name in self.changed_data if name in self._meta.fields]  # type: ignore[operator]  # a list
        return {name: self.cleaned_data[name] for name in names}


class LogoForm(forms.Form):
    """A picture for the storefront and for mails."""

    logo = forms.FileField(label=_("Picture"), help_text=_("PNG, JPEG, WebP or GIF, up to 5 MB."))

    def clean_logo(self) -> io.BytesIO:
        upload = self.cleaned_data["logo"]
        try:
            return as_logo(upload.file, size=upload.size)
        except NotALogo as error:
            raise forms.ValidationError(
                _("This is no picture that we can read. Use PNG, JPEG, WebP or GIF.")
            ) from error
        except LogoTooLarge as error:
            raise forms.ValidationError(
                _("This picture is too large. Use one of at most 5 MB and 20 megapixels.")
            ) from error
