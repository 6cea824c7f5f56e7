"""Addresses that came later than their customer did and that nobody has confirmed.

"I am Jana, and my address is wrong" is what a stranger says as well. A link to there that opens an
account shows whatever Jana has ordered, and so rests on an identity check, as a move does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from accounts.models.checks import IdentityCheck
from customers.models import AccountState, Customer, Identity, Proof
from events.models import Event, label_of

if TYPE_CHECKING:
    from datetime import datetime

# What comes within a day came with the customer: imports write people in several steps.
KNOWN_FROM_THE_START = timedelta(days=1)
REPLACED = [
    "customer.primary_email_changed",
    "customer.primary_email_replaced",
    "customer.email_removed",
]


def in_doubt(customer_ids: Collection[int]) -> set[int]:
    """Who of these has no account and something to lose, and a primary address that came in the
    place of another or later than they did: neither confirmed nor imported. One query.

    To lose are orders, and a further address: orders that come later may join by that.
    """
    emails = Identity.objects.emails().primary().filter(customer__in=customer_ids)
    further = Identity.objects.emails().filter(customer=OuterRef("customer"), is_primary=False)
    to_lose = emails.filter(Q(customer__orders_count__gt=0) | Exists(further)).exclude(
        customer__account_state=AccountState.ENABLED
    )
    replaced = Event.objects.filter(
        subject_type=label_of(Customer()), subject_id=OuterRef("customer"), name__in=REPLACED
    )
    is_late = Q(added_at__gt=F("customer__created_at") + KNOWN_FROM_THE_START)
    said = to_lose.exclude(proof__in=[Proof.PROVED, Proof.IMPORTED])
    late = said.filter(is_late | Exists(replaced))
    return set(late.values_list("customer", flat=True))


def lacks_check(customer: Customer, *, at: datetime) -> bool:
    """Whether they are in doubt, and no passed check counted `at` the moment a link was sent.

    One that was ended counts for nothing, not even for the time before.
    """
    if customer.has_account or not in_doubt([customer.pk]):
        return False
    checks = IdentityCheck.objects.filter(customer=customer, ending="")
    return not checks.filter(passed_at__lte=at, valid_until__gt=at).exists()
