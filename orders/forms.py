"""The filters of the orders' list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.list_filters import FilterForm
from customers.models import Customer
from orders.models import FinancialStatus, FulfillmentStatus

GOODS = [*FulfillmentStatus.choices, ("delivered", _("Delivered"))]
# Beyond them, times of the next day or in another zone cannot be reckoned.
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=DAYS)


class OrderFilter(FilterForm):
    customer = forms.IntegerField(
        label=_("Customer"), widget=forms.HiddenInput(), min_value=1, max_value=2**63 - 1
    )
    money = forms.ChoiceField(
        label=_("Payment"), choices=[("", _("Any payment")), *FinancialStatus.choices]
    )
    goods = forms.ChoiceField(label=_("Delivery"), choices=[("", _("Any delivery")), *GOODS])
    placed_from = _day(_("From"))
    placed_to = _day(_("To"))

    def in_words(self, name: str, value: Any) -> str:
        if name != "customer":
            return super().in_words(name, value)
        customer = Customer.objects.with_contact().filter(pk=value).first()
        return f"{self.fields[name].label}: {customer or value}"
