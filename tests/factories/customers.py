"""The smallest valid customers, made by the app's own verbs."""

from __future__ import annotations

from typing import Any

import factory

from customers.models import Customer


class CustomerFactory(factory.Factory[Customer]):
    """`email=`, `phone=` and any field; `account=True` lets them sign in with PASSWORD."""

    class Meta:
        model = Customer

    first_name = factory.Sequence(lambda number: f"Karla{number}")
    last_name = "Muster"
    email = factory.Sequence(lambda number: f"karla{number}@example.de")

    @classmethod
    def _create(cls, model_class: type[Customer], *_args: Any, **fields: Any) -> Customer:
        account = fields.pop("account", False)
        facts = {name: fields.pop(name) for name in list(fields) if name in FACTS}
        customer = model_class.create(by=None, **fields)
        if account:
            facts["account_state"] = "enabled"
        if facts:
            model_class.objects.filter(pk=customer.pk).update(**facts)
            customer.refresh_from_db()
        if account:
            _give_account(customer)
        return customer


# Facts that only verbs of other apps or moments in the past would write.
FACTS = {
    "account_state",
    "amount_spent",
    "disabled_at",
    "email_consent",
    "figures_from_export",
    "first_order_at",
    "held_at",
    "last_order_at",
    "orders_count",
    "updated_at",
}


def _give_account(customer: Customer) -> None:
    from tests.factories.accounts import give_account

    give_account(customer, customer.primary_email)
