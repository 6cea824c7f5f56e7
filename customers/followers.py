"""Who must follow at once, in the same transaction, when a customer changes.

Accounts hold sessions, links and sign-in addresses that rest on facts of the customer. Handlers
of events come later and would leave a gap, so these are called inside the verb's transaction.
Each is given ids, so that an import of thousands calls it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Follow = Callable[[Sequence[int]], None]

_after_primary_email: list[Follow] = []
_after_barring: list[Follow] = []


def follow_primary_email(follow: Follow) -> Follow:
    """Have `follow(customer_ids)` called when the primary e-mail address of customers changed."""
    _after_primary_email.append(follow)
    return follow


def follow_barring(follow: Follow) -> Follow:
    """Have `follow(customer_ids)` called when customers were barred, and when a hold ended."""
    _after_barring.append(follow)
    return follow


def primary_email_changed(customer_ids: Sequence[int]) -> None:
    """Tell followers; the caller holds the customers' rows locked."""
    for follow in _after_primary_email:
        follow(customer_ids)


def customers_barred(customer_ids: Sequence[int]) -> None:
    """Tell followers; the caller holds the customers' rows locked."""
    for follow in _after_barring:
        follow(customer_ids)
