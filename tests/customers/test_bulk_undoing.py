"""Undoing a bulk change that others have worked on since, and one that stopped half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.bulk.models import BulkChange, BulkRow
from customers.bulk.stages import Kind
from customers.bulk.working import steps
from customers.models import Tag
from tests.customers.bulk_changes import asked, counts, done, five, tags_of
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def page(one: BulkChange) -> str:
    return f"/admin/customers/bulk-changes/{one.pk}/"


def test_an_undoing_that_stopped_is_told_as_such_and_leads_to_its_next_try(
    lead: User, desk_client: Any
) -> None:
    def shown(one: BulkChange) -> str:
        text: str = client.get(page(one), headers={"Accept-Language": "en"}).text
        return text

    client = desk_client(lead)
    five()
    one = done(asked(Kind.TAG, "VIP", by=lead))
    undoing = one.undo(by=lead)
    assert f'<a href="{page(undoing)}">It is being undone.</a>' in shown(one)
    undoing.give_up()
    assert f'<a href="{page(undoing)}">The undoing stopped.</a>' in shown(one)
    assert f'action="{page(undoing)}attempts/"' in shown(undoing)
    assert undoing.try_again(by=lead)
    done(undoing)
    assert f'<a href="{page(undoing)}">It was undone.</a>' in shown(one)
