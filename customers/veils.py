"""Contact details and orders, hidden from some roles until an identity check has passed.

Whose, and until when, the app says that knows roles and checks (accounts/veiling.py). What is
hidden is gone before a template sees it: lists and pages draw a copy of the customer that holds
none of it. Panels, search sources and events are left out unless they say `is_plain`, and
pages are refused unless they are named (shopdesk/veiled_pages.py): what is new is hidden at first.
Their name stays, and what the team itself has written in notes.
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

# What stands on the customer's own row, and what is there instead.
HIDDEN: dict[str, Any] = {
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
# What may have come along with them and is shown; nothing else that has is handed on.
SHOWN = {"tags"}


@dataclass(frozen=True)
class Rule:
    """`is_masked`: from whom they are hidden at all. `known`: ids of customers who have shown who
    they are, and are seen by everybody. `count_look_up` raises what the desk answers with 429."""

    is_masked: Callable[[User], bool]
    known: Callable[[], QuerySet[Any, int]]
    count_look_up: Callable[[User], None]


class OfCustomer(Protocol):
    """A row that says whose it is."""

    customer: Any


_rules: list[Rule] = []


def veil_by(rule: Rule) -> None:
    """Filled by the app that knows roles and identity checks."""
    _rules[:] = [rule]


def is_masked(user: User) -> bool:
    """Whether anything is hidden from them at all. No query for whoever has just been let in."""
    return any(rule.is_masked(user) for rule in _rules)


def count_look_up(user: User) -> None:
    """Before the desk says to whom, if anybody, a whole address, number or order belongs: whoever
    sees none of them must not try them one after the other. Nobody else is counted."""
    for rule in _rules:
        if rule.is_masked(user):
            rule.count_look_up(user)


def known_customers() -> CustomerQuerySet:
    """Who has shown who they are."""
    from customers.models import Customer

    known: CustomerQuerySet = Customer.objects.all()
    for rule in _rules:
        known = known.filter(pk__in=rule.known())
    return known


def is_veiled(customer_id: int, user: User) -> bool:
    return is_masked(user) and not known_customers().filter(pk=customer_id).exists()


def as_seen_by(user: User, customer: Customer) -> Customer:
    """The customer, or a copy without what is hidden. For pages: verbs take the customer."""
    return all_as_seen_by(user, [customer])[0]


def all_as_seen_by(user: User, customers: Sequence[Customer]) -> list[Customer]:
    """At most one query for all, and none for whoever sees everything."""
    if not customers or not is_masked(user):
        return list(customers)
    asked = known_customers().filter(pk__in={one.pk for one in customers})
    known = set(asked.values_list("pk", flat=True))
    return [one if one.pk in known else concealed(one) for one in customers]


def veil_people(user: User, rows: Iterable[OfCustomer]) -> None:
    """Let each row be of the customer as `user` sees them."""
    of_somebody = [(row, row.customer) for row in rows if row.customer is not None]
    seen = all_as_seen_by(user, [customer for _row, customer in of_somebody])
    for (row, _customer), customer in zip(of_somebody, seen, strict=True):
        row.customer = customer


def concealed(customer: Customer) -> Customer:
    """A copy that is to be drawn and never saved. Whoever has no name is called by their number."""
    twin = copy(customer)
    twin.is_veiled = True
    conceal(twin)
    return twin


def conceal(twin: Customer) -> None:
    """Take out of the copy what has just been read into it."""
    from customers.models import Address, Identity

    for name, nothing in HIDDEN.items():
        setattr(twin, name, nothing)
    came_along = vars(twin).get("_prefetched_objects_cache", {})
    vars(twin)["_prefetched_objects_cache"] = {
        **{name: rows for name, rows in came_along.items() if name in SHOWN},
        "identities": Identity.objects.none(),
        "addresses": Address.objects.none(),
    }
