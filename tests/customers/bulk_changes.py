"""Bulk changes as tests ask for them and have them done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.bulk.models import BulkChange
from customers.bulk.stages import Kind
from customers.bulk.working import work
from customers.models import Customer, Tag
from customers.timeline import timeline_of
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

EVERYBODY = Customer.objects.all


def five() -> list[Customer]:
    return [CustomerFactory() for _ in range(5)]


def asked(kind: Kind, *names: str, by: User | None = None) -> BulkChange:
    return BulkChange.ask(kind, EVERYBODY(), by=by, tags=Tag.named_all(names))


def done(one: BulkChange) -> BulkChange:
    work(one.pk)
    one.refresh_from_db()
    return one


def counts(one: BulkChange) -> tuple[int, int, int, int]:
    return one.chosen_count, one.changed_count, one.unchanged_count, one.skipped_count


def tags_of(customer: Customer) -> list[str]:
    return list(customer.tags.order_by("key").values_list("name", flat=True))


def lines_of(customer: Customer) -> list[str]:
    return [entry.line.text for entry in timeline_of(customer).entries]
