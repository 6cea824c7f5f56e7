"""How far the demo's customers got with their accounts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.enabling import enable_account
from customers.models import Customer
from events.log import replaying
from shopdesk.seeding.sign_ins import new_password

if TYPE_CHECKING:
    from accounts.models import User
    from shopdesk.seeding.people import Person


def open_accounts(
    chance: random.Random, people: Sequence[Person], *, by: User, now: datetime
) -> None:
    """Enable, invite, decline. Invites are old: their links have expired."""
    # Hashing is slow on purpose. All of them share one password that nobody is told.
    hashed = make_password(new_password())
    customers = Customer.objects.in_bulk([person.pk for person in people if person.account])
    for person in people:
        if not person.account:
            continue
        customer = customers[person.pk]
        joined_at = customer.created_at
        at = joined_at + (now - joined_at) * chance.random() * 0.9
        with transaction.atomic(), replaying(at=at + timedelta(minutes=1)):
            if person.account == "enabled":
                customer.lock()
                enable_account(customer, person.email, hashed)
            else:
                customer.account_invited(by=by)
                if person.account == "declined":
                    customer.account_declined(by=customer)


def disable_some(
    chance: random.Random, people: Sequence[Person], *, by: User, now: datetime, count: int
) -> None:
    enabled = [person for person in people if person.account == "enabled"]
    for person in chance.sample(enabled, count):
        customer = Customer.objects.get(pk=person.pk)
        # Later than the account was opened, which is within the first nine tenths of their days.
        at = customer.created_at + (now - customer.created_at) * (0.92 + 0.07 * chance.random())
        with replaying(at=at):
            customer.disable(by=by)
            Customer.objects.filter(pk=person.pk).update(disabled_at=at)
