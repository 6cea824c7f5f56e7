"""The filters of the products' list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.list_filters import FilterForm

LONGEST = 255
STOCKS = [
    ("in_stock", _("In stock")),
    ("sold_out", _("Sold out")),
    ("not_tracked", _("Not tracked")),
]


class ProductFilter(FilterForm):
    stock = forms.ChoiceField(label=_("Stock"), choices=[("", _("Any stock")), *STOCKS])
    vendor = forms.CharField(label=_("Vendor"), max_length=LONGEST)
    type = forms.CharField(label=_("Product type"), max_length=LONGEST)
    # As it is written; the links of a product's page lead here.
    tag = forms.CharField(label=_("Tag"), max_length=LONGEST, widget=forms.HiddenInput())
