"""A check says who somebody was on the account as it stood. Once that changes, it says nothing.

Called by customers' verbs inside their own transaction (customers/followers.py). Whatever joins or
moves customers later on tells those followers, or calls `end_checks` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from accounts.models import Ending, IdentityCheck
from accounts.models.checks import end_checks
from customers.models import Customer
from customers.querysets import not_barred

_rests_on_a_check: ContextVar[bool] = ContextVar("rests_on_a_check", default=False)


@contextmanager
def resting_on_a_check() -> Iterator[None]:
    """Move an address as a check allowed: who was asked is who they were, and a hold can now be
    lifted without asking again."""
    token = _rests_on_a_check.set(True)
    try:
        yield
    finally:
        _rests_on_a_check.reset(token)


def follow_moves(customer_ids: Sequence[int]) -> None:
    """Their primary address is another one now."""
    if _rests_on_a_check.get():
        return
    end_checks(IdentityCheck.objects.of_customers(customer_ids), Ending.MOVED)


def follow_barring(customer_ids: Sequence[int]) -> None:
    """They were put on hold or disabled. A hold that ends leaves the check that ended it."""
    barred = Customer.objects.filter(pk__in=customer_ids).exclude(not_barred())
    checks = IdentityCheck.objects.filter(customer__in=barred)
    end_checks(checks, Ending.BARRED)
