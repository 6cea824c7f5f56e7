"""The filters of the orders' list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.list_filters import FilterForm
from customers.masking import as_seen_by
from customers.models import Customer
from orders.models import FinancialStatus, FulfillmentStatus
from products.models import Product

if TYPE_CHECKING:
    from accounts.models import User

GOODS = [*FulfillmentStatus.choices, ("delivered", _("Delivered"))]
# Beyond them, times of the next day or in another zone cannot be reckoned.
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=DAYS)


def _hidden_key(label: Any) -> forms.IntegerField:
    """Of a row whose page links to the list."""
    hidden = forms.HiddenInput()
    return forms.IntegerField(label=label, widget=hidden, min_value=1, max_value=2**63 - 1)


class OrderFilter(FilterForm):
    customer = _hidden_key(_("Customer"))
    product = _hidden_key(_("Product"))
    money = forms.ChoiceField(
        label=_("Payment"), choices=[("", _("Any payment")), *FinancialStatus.choices]
    )
    goods = forms.ChoiceField(label=_("Delivery"), choices=[("", _("Any delivery")), *GOODS])
    placed_from = _day(_("From"))
    placed_to = _day(_("To"))

    def in_words(self, name: str, value: Any, *, user: User) -> str:
        if name not in CALLED:
            return super().in_words(name, value, user=user)
        called = CALLED[name](value, user)
        return f"{self.fields[name].label}: {called or value}"


def _customer(pk: int, user: User) -> Customer | None:
    """Whoever has no name is called by their address, where that is not masked for `user`."""
    customer = Customer.objects.with_contact().filter(pk=pk).first()
    return as_seen_by(user, customer) if customer else None


CALLED: dict[str, Callable[[int, User], Customer | Product | None]] = {
    "customer": _customer,
    "product": lambda pk, _user: Product.objects.filter(pk=pk).first(),
}
