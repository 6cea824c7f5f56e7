"""What a customer knows of their orders, as proofs of identity.

All of it also stands in the mails that a shop sends, so together it is not enough: whoever reads
the mailbox must not pass. Only orders of more than a week ago are asked for: anybody can order as
a guest with somebody else's address, and then knows the "last order". Of whoever has only younger
ones nothing is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.comparing import (
    read_amount,
    read_days,
    same_amount,
    same_city,
    same_day,
    same_order_number,
    same_postal_code,
    same_street,
)
from accounts.proof_forms import heard
from accounts.proofs import ProofKind, proof_kinds
from accounts.spoken_places import KNOWN_FOR
from orders.models import Order
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import IdentityCheck
    from customers.models import Customer
    from orders.models.querysets import OrderQuerySet

# Of somebody who has more, the newest: nobody is asked for an order of long ago.
LOOKED_AT = 1000


class NumberForm(forms.Form):
    number = heard(_("Order number"))
    postal_code = heard(_("Postal code"), max_length=20)


class LastOrderForm(forms.Form):
    """Either will do; where both are typed, both have to match."""

    amount = heard(_("Amount"), required=False, max_length=40, attrs={"inputmode": "decimal"})
    day = heard(_("Day"), required=False, max_length=40)

    def clean_amount(self) -> str:
        text = str(self.cleaned_data["amount"])
        if text and read_amount(text) is None:
            raise ValidationError(_("This is no amount, such as 49.90."))
        return text

    def clean_day(self) -> str:
        text = str(self.cleaned_data["day"])
        if text and not read_days(text):
            raise ValidationError(_("This is no day, such as 3 Nov 2026."))
        return text

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            raise ValidationError(_("Type the amount or the day."))


class AddressForm(forms.Form):
    street = heard(_("Street and number"), max_length=200)
    postal_code = heard(_("Postal code"), max_length=20)
    city = heard(_("City"))


def has_orders(customer: Customer) -> bool:
    return _orders(customer).exists()


def has_shipped_somewhere(customer: Customer) -> bool:
    return any(order.shipping_address.get("street") for order in _last_orders(customer))


def says_number(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    """Number and postal code of one and the same order."""
    codes = [f"{kind}_address__postal_code" for kind in ("shipping", "billing")]
    rows = _orders(check.customer).newest_first().values_list("name", "number", *codes)
    return any(
        same_order_number(typed["number"], name=name, number=number)
        and any(same_postal_code(typed["postal_code"], code or "") for code in known)
        for name, number, *known in rows[:LOOKED_AT]
    )


def says_last_order(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    return any(_is_of(order, typed) for order in _last_orders(check.customer))


def says_address(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    return any(
        same_street(typed["street"], known.get("street", ""), known.get("addition", ""))
        and same_postal_code(typed["postal_code"], known.get("postal_code", ""))
        and same_city(typed["city"], known.get("city", ""))
        for known in (order.shipping_address for order in _last_orders(check.customer))
    )


def _is_of(order: Order, typed: dict[str, Any]) -> bool:
    amount, day = typed["amount"], typed["day"]
    placed_on = order.placed_at.astimezone(Shop.current().zone).date()
    fits = [same_amount(amount, order.total)] * bool(amount) + [same_day(day, placed_on)] * bool(
        day
    )
    return bool(fits) and all(fits)


def _orders(customer: Customer) -> OrderQuerySet:
    long_ago = timezone.now() - KNOWN_FOR
    return Order.objects.filter(customer=customer, is_test=False, placed_at__lte=long_ago)


def _last_orders(customer: Customer) -> list[Order]:
    """The last one; where it was cancelled, also the last that stands: people mean either."""
    newest = _orders(customer).newest_first()
    last = list(newest[:1])
    if last and last[0].cancelled_at is not None:
        last += newest.filter(cancelled_at=None)[:1]
    return last


def offer_proofs() -> None:
    proof_kinds.add_in_turn(KINDS, start=100)


KINDS = [
    ProofKind(
        name="order_number_and_postal_code",
        label=_("Order number and postal code"),
        ask=_(
            "Ask for the number of an order and the postal code that it was sent or billed to. "
            "Orders of the last 7 days do not count."
        ),
        say=_(
            "Please tell me the number of one of your orders, at least a week old, and the postal "
            "code with it."
        ),
        points=40,
        form=NumberForm,
        applies=has_orders,
        compare=says_number,
        stands_in_mailbox=True,
    ),
    ProofKind(
        name="last_order",
        label=_("Last order"),
        ask=_(
            "Ask for the amount or the day of the last order. "
            "Orders of the last 7 days do not count."
        ),
        say=_(
            "Leaving out the past seven days: what did your last order come to, or on which day "
            "did you place it?"
        ),
        points=20,
        form=LastOrderForm,
        applies=has_orders,
        compare=says_last_order,
        stands_in_mailbox=True,
    ),
    ProofKind(
        name="shipping_address",
        label=_("Shipping address"),
        ask=_(
            "Ask for the full address that the last order was sent to. "
            "Orders of the last 7 days do not count."
        ),
        say=_(
            "Leaving out the past seven days: please tell me the full address that your last "
            "order went to."
        ),
        points=20,
        form=AddressForm,
        applies=has_shipped_somewhere,
        compare=says_address,
        stands_in_mailbox=True,
    ),
]
