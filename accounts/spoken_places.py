"""Where a caller is reached on another way: what has been known for long enough.

Whoever got into an account yesterday may have left an address or a number of their own there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from accounts.models import AddressUndo
from accounts.models.late_addresses import KNOWN_FROM_THE_START
from accounts.slots import number_doubts
from customers.models import Identity, Proof

if TYPE_CHECKING:
    from customers.models import Customer

KNOWN_FOR = timedelta(days=7)
MAILED_CODE, CALL_BACK = "mailed_code", "call_back"
BY_MAIL = frozenset({MAILED_CODE})


def long_known_emails(customer: Customer) -> list[Identity]:
    """Proved addresses besides the primary one, whose mailbox may be the lost or the stolen one;
    and besides those that the account has left.
    """
    left = AddressUndo.objects.filter(customer=customer).values("former")
    emails = Identity.objects.emails().filter(customer=customer, is_primary=False)
    emails = emails.exclude(key__in=left)
    before = timezone.now() - KNOWN_FOR
    return list(emails.filter(proof=Proof.PROVED, proved_at__lte=before).order_by("pk"))


def long_known_phones(customer: Customer) -> list[Identity]:
    """Stored numbers, the primary one first.

    Not what has come since the customer did, unless a call has proved it: "please note my new
    number" is what a stranger says a week before this call, or types into an order. Nor one that
    what came later speaks against: a stranger may have been the first to order with this address.
    """
    phones = Identity.objects.phones().filter(customer=customer)
    from_the_start = Q(added_at__lte=customer.created_at + KNOWN_FROM_THE_START) | Q(added_at=None)
    phones = phones.filter(from_the_start | Q(proof=Proof.PROVED))
    long_ago = Q(added_at__lte=timezone.now() - KNOWN_FOR) | Q(added_at=None)
    known = list(phones.filter(long_ago).order_by("-is_primary", "pk"))
    claimed = [phone for phone in known if phone.proof != Proof.PROVED]
    doubted = {key for doubts in number_doubts.entries() for key in doubts(customer, claimed)}
    return [phone for phone in known if phone.proof == Proof.PROVED or phone.key not in doubted]


PLACES = {MAILED_CODE: long_known_emails, CALL_BACK: long_known_phones}


def places_of(kind: str, customer: Customer) -> list[Identity]:
    return PLACES[kind](customer)
