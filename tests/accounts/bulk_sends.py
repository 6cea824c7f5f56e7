"""Bulk sends as tests ask for them, start them and have them done; and people for every reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import Purpose, ResetRequest
from customers.bulk.models import BulkChange, BulkRow
from customers.models import Customer
from notifications.models import Mail
from tests.accounts.conftest import work, work_in_vain
from tests.customers.bulk_changes import done
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

INVITES, RESETS, NEW_PASSWORD = "invites", "resets", "new_password"


def counted(kind: str, *, by: User | None, people: list[Customer] | None = None) -> BulkChange:
    """Asked for and counted; nobody has said "go"."""
    chosen = Customer.objects.all()
    if people is not None:
        chosen = chosen.filter(pk__in=[one.pk for one in people])
    return done(BulkChange.ask(kind, chosen, by=by))


def started(kind: str, *, by: User | None, people: list[Customer] | None = None) -> BulkChange:
    one = counted(kind, by=by, people=people)
    assert one.start(by=by)
    return one


def sent(kind: str, *, by: User | None, people: list[Customer] | None = None) -> BulkChange:
    return done(started(kind, by=by, people=people))


def outcomes_of(one: BulkChange) -> dict[int, str]:
    """What its rows say, by customer."""
    return dict(BulkRow.objects.filter(of_change=one).values_list("customer", "outcome"))


def mails_by_address() -> Counter[str]:
    return Counter(Mail.objects.values_list("to", flat=True))


def with_account(count: int = 1) -> list[Customer]:
    return [CustomerFactory(account=True) for _ in range(count)]


def without_account(count: int = 1) -> list[Customer]:
    return [CustomerFactory() for _ in range(count)]


def people_of_every_sort(*, by: User) -> dict[str, Customer]:
    """Customers of whom each is left out of something for a reason of its own, or mailed."""
    people = {
        "enabled": CustomerFactory(account=True),
        "none": CustomerFactory(),
        "invited": CustomerFactory(account_state="invited"),
        "declined": CustomerFactory(account_state="declined"),
        "phone_only": CustomerFactory(email="", phone="+4940123456"),
        "phone_only_enabled": CustomerFactory(
            email="", phone="+4940123457", account_state="enabled"
        ),
        "disabled": CustomerFactory(account=True, disabled_at=timezone.now()),
        "held": CustomerFactory(held_at=timezone.now()),
        "bouncing": CustomerFactory(email_consent="INVALID"),
        "refused": CustomerFactory(account=True),
        "just_mailed": CustomerFactory(account=True),
        "being_mailed": CustomerFactory(account=True),
        "moving": CustomerFactory(account=True),
    }
    with transaction.atomic():
        people["moving"].lock()
        ResetRequest.begin(people["moving"], "new@example.de", by=by, purpose=Purpose.MOVE)
    ResetRequest.start(people["refused"], by=by)
    work_in_vain()
    ResetRequest.start(people["just_mailed"], by=by)
    work()
    ResetRequest.start(people["being_mailed"], by=by)
    return people
