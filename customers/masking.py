"""Contact details and orders, masked for some roles until an identity check has passed.

- *Whose eyes*: `sees_masked(user)`. Roles and checks are the business of accounts/masking.py, which
  says so here. Until a check has passed, `is_masked_for(user, customer_id)`.
- *Verbs* take the customer themselves (`get_unmasked`), and refuse a copy. *Pages* draw them
  `as_seen_by` their reader: themselves, or a copy that holds nothing of what is masked. Nothing but
  the walk of tests/test_masked_pages.py finds a page that forgets to.
- *What is new is left out at first.* Panels, search sources and words of events stay away unless
  they say `is_plain`; pages are refused unless they are named in shopdesk/masked_pages.py.

A customer's name stays, and so does what the team itself has written in notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from customers.models import Customer
    from customers.querysets import CustomerQuerySet

# What of the customer's own row is masked, and what the copy has in its place.
IN_PLACE: dict[str, Any] = {
    "note": "",  # a remark is free text, often out of a file, and may hold addresses
    "city": "",
    "country": "",
    "orders_count": None,
    "amount_spent": None,
    "first_order_at": None,
    "last_order_at": None,
    "last_order_key": None,
    "figures_from_export": False,
    "export_currency": "",
    "export_figures": None,
}
# Of what came along with the customer, the copy has this alone.
KEPT = {"tags"}


@dataclass(frozen=True)
class Rule:
    """`sees_masked`: whether anything is masked for a user at all. `known`: ids of customers who
    have shown who they are, and are seen by everybody. `count_look_up` raises what the desk answers
    with 429."""

    sees_masked: Callable[[User], bool]
    known: Callable[[], QuerySet[Any, int]]
    count_look_up: Callable[[User], None]


class OfCustomer(Protocol):
    """A row that says whose it is."""

    customer: Any


_rules: list[Rule] = []


def mask_by(rule: Rule) -> None:
    """Filled by the app that knows roles and identity checks."""
    _rules[:] = [rule]


def sees_masked(user: User) -> bool:
    """Whether anything is masked for them at all. No query for whoever has just been let in."""
    return any(rule.sees_masked(user) for rule in _rules)


def count_look_up(user: User) -> None:
    """Before the desk says to whom, if anybody, a whole address, number or order belongs: whoever
    sees none of them must not try them one after the other. Nobody else is counted."""
    for rule in _rules:
        if rule.sees_masked(user):
            rule.count_look_up(user)


def known_customers() -> CustomerQuerySet:
    """Who has shown who they are."""
    from customers.models import Customer

    known: CustomerQuerySet = Customer.objects.all()
    for rule in _rules:
        known = known.filter(pk__in=rule.known())
    return known


def is_masked_for(user: User, customer_id: int) -> bool:
    return sees_masked(user) and not known_customers().filter(pk=customer_id).exists()


def as_seen_by(user: User, customer: Customer) -> Customer:
    """For pages: the customer, or a masked copy."""
    return all_as_seen_by(user, [customer])[0]


def all_as_seen_by(user: User, customers: Sequence[Customer]) -> list[Customer]:
    """At most one query for all, and none for whoever sees everything."""
    if not customers or not sees_masked(user):
        return list(customers)
    asked = known_customers().filter(pk__in={one.pk for one in customers})
    known = set(asked.values_list("pk", flat=True))
    return [one if one.pk in known else masked(one) for one in customers]


def mask_people(user: User, rows: Iterable[OfCustomer]) -> None:
    """Let each row be of the customer as `user` sees them; for rows that are only drawn."""
    of_somebody = [(row, row.customer) for row in rows if row.customer is not None]
    seen = all_as_seen_by(user, [customer for _row, customer in of_somebody])
    for (row, _customer), customer in zip(of_somebody, seen, strict=True):
        row.customer = customer


def masked(customer: Customer) -> Customer:
    """A copy to be drawn. Whoever has no name is called by their number."""
    from customers.models import Address, Identity

    twin = copy(customer)
    twin.is_masked = True
    for name, nothing in IN_PLACE.items():
        setattr(twin, name, nothing)
    came_along = vars(twin).get("_prefetched_objects_cache", {})
    vars(twin)["_prefetched_objects_cache"] = {
        **{name: rows for name, rows in came_along.items() if name in KEPT},
        "identities": Identity.objects.none(),
        "addresses": Address.objects.none(),
    }
    return twin
