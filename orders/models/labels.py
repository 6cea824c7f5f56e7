"""How an order's states read and look: a word, and the colour of its badge."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Identity, IdentityKind, Proof
from orders.addresses import address_lines
from orders.models.statuses import (
    FINANCIAL_TONES,
    FULFILLMENT_TONES,
    FinancialStatus,
    FulfillmentStatus,
)

if TYPE_CHECKING:
    from orders.models.orders import Order

IN_CUSTOMERS_WORDS: dict[str, str | Promise] = {
    FulfillmentStatus.UNFULFILLED: _("Being prepared"),
    FulfillmentStatus.RESTOCKED: _("Back at the shop"),
}


class OrderLabels:
    """What pages say of an order."""

    @property
    def money_label(self) -> str | Promise:
        return FinancialStatus(cast("Order", self).financial_status).label

    @property
    def money_tone(self) -> str:
        return FINANCIAL_TONES.get(FinancialStatus(cast("Order", self).financial_status), "")

    @property
    def goods_label(self) -> str | Promise:
        """Delivered, where every parcel has arrived; else where the goods are."""
        order = cast("Order", self)
        if order.cancelled_at:
            return _("Cancelled")
        return (
            _("Delivered")
            if order.delivered_at
            else FulfillmentStatus(order.fulfillment_status).label
        )

    @property
    def goods_label_for_customer(self) -> str | Promise:
        """What is no matter of a warehouse: the customer asks where their goods are."""
        order = cast("Order", self)
        is_moving = order.cancelled_at or order.delivered_at
        words = {} if is_moving else IN_CUSTOMERS_WORDS
        return words.get(order.fulfillment_status, self.goods_label)

    @property
    def goods_tone(self) -> str:
        order = cast("Order", self)
        if order.cancelled_at:
            return ""
        if order.delivered_at:
            return "ok"
        return FULFILLMENT_TONES.get(FulfillmentStatus(order.fulfillment_status), "")

    @property
    def email_identity(self) -> Identity | None:
        """The e-mail address of this order, with what is known of it; `with_people` comes along."""
        return self._known(IdentityKind.EMAIL, cast("Order", self).email)

    @property
    def phone_identity(self) -> Identity | None:
        return self._known(IdentityKind.PHONE, cast("Order", self).phone)

    def _known(self, kind: IdentityKind, text: str) -> Identity | None:
        """Typed by whoever ordered: of nobody known here, or of nobody's, it is claimed."""
        order = cast("Order", self)
        if not text:
            return None
        if order.customer is None:
            return Identity(kind=kind, value=text, proof=Proof.TYPED)
        country = order.shipping_address.get("country", "") or order.customer.country
        return order.customer.identity_of(kind, text, country=country)

    @property
    def shipping_lines(self) -> list[str]:
        return address_lines(cast("Order", self).shipping_address)

    @property
    def billing_lines(self) -> list[str]:
        """Empty where it is the shipping address."""
        order = cast("Order", self)
        same = order.billing_address == order.shipping_address
        return [] if same else address_lines(order.billing_address)
