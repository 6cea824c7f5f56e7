"""Undoing a bulk change that others have worked on since, and one that stopped half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.bulk.models import BulkChange, BulkRow
from customers.bulk.stages import Kind
from customers.bulk.working import steps
from customers.importing.working import work as work_on_import
from customers.models import Customer, Tag
from tests.customers.bulk_changes import asked, counts, done, five, tags_of
from tests.customers.import_files import imported, many, table
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


class TestTagsThatWereTakenOff:
    def test_what_staff_have_taken_off_since_stays_off(self, agent: User) -> None:
        by_hand, in_bulk, put_back, plain = customers = [CustomerFactory() for _ in range(4)]
        for each in customers:
            each.tag_all(["VIP", "Winter"], by=None)
        one = done(asked(Kind.UNTAG, "VIP", "Winter", by=agent))
        vip = Tag.objects.get(key="vip")
        for each in (by_hand, in_bulk, put_back):
            each.tag("VIP", by=agent)
        by_hand.untag(vip, by=agent)
        chosen = type(plain).objects.filter(pk=in_bulk.pk)
        done(BulkChange.ask(Kind.UNTAG, chosen, by=agent, tags=[vip]))
        assert counts(done(one.undo(by=agent))) == (4, 4, 0, 0)
        assert [tags_of(each) for each in customers] == [
            ["Winter"], ["Winter"], ["VIP", "Winter"], ["VIP", "Winter"],
        ]  # fmt: skip

    def test_what_was_taken_off_before_it_keeps_nothing_off(self, agent: User) -> None:
        customer = CustomerFactory()
        for _ in range(2):
            customer.tag("VIP", by=agent)
            customer.untag(Tag.objects.get(), by=agent)
        customer.tag("VIP", by=agent)
        one = done(asked(Kind.UNTAG, "VIP", by=agent))
        done(one.undo(by=agent))
        assert tags_of(customer) == ["VIP"]

    def test_the_second_undoing_leaves_alone_whom_the_first_came_to(
        self, agent: User, settings: Any
    ) -> None:
        settings.BULK_PIECE_ROWS = 1
        first, _second = customers = [CustomerFactory() for _ in range(2)]
        for each in customers:
            each.tag("VIP", by=None)
        one = done(asked(Kind.UNTAG, "VIP", by=agent))
        undoing = one.undo(by=agent)
        next(steps(undoing.pk))
        assert undoing.cancel(by=agent)
        first.taggings.all().delete()  # by whom the log does not tell
        assert counts(done(one.undo(by=agent))) == (2, 1, 1, 0)
        assert [tags_of(each) for each in customers] == [[], ["VIP"]]

    def test_whom_the_first_found_too_full_gets_them_from_the_second(self, agent: User) -> None:
        full = CustomerFactory()
        full.tag_all([f"tag {number}" for number in range(250)], by=None)
        one = done(asked(Kind.UNTAG, "tag 7", by=agent))
        full.tag("other", by=None)
        undoing = one.undo(by=agent)
        next(steps(undoing.pk))
        assert undoing.cancel(by=agent)
        assert BulkRow.objects.get(of_change=undoing).outcome == "too_many_tags"
        full.untag(Tag.objects.get(key="other"), by=None)
        assert counts(done(one.undo(by=agent))) == (1, 1, 0, 0)


@pytest.mark.parametrize("kind", [Kind.TAG, Kind.DISABLE])
def test_what_was_taken_back_is_no_change_of_the_customer(kind: Kind, agent: User) -> None:
    """So that the import that brought them can be taken back as well."""
    customer, edited = CustomerFactory(), CustomerFactory()
    before = customer.updated_at
    one = done(asked(kind, "VIP", by=agent) if kind == Kind.TAG else asked(kind, by=agent))
    edited.refresh_from_db()
    edited.change(by=agent, expected_version=edited.version, first_name="Änne")
    changed_at = edited.updated_at
    done(one.undo(by=agent))
    customer.refresh_from_db()
    edited.refresh_from_db()
    assert customer.updated_at == before
    assert edited.updated_at > changed_at


def test_an_import_is_undone_behind_a_bulk_change_that_was(agent: User) -> None:
    one = imported(table(*many(4)))
    change = done(asked(Kind.TAG, "VIP", by=agent))
    done(change.undo(by=agent))
    assert one.undo(by=agent, in_worker=False)
    work_on_import(one.pk)
    one.refresh_from_db()
    assert (one.undone_count, one.kept_count, Customer.objects.count()) == (4, 0, 0)


def test_an_import_of_which_all_was_changed_says_that_nothing_was_taken_back(
    lead: User, desk_client: Any
) -> None:
    one = imported(table(*many(2)))
    done(asked(Kind.TAG, "of nobody yet", by=lead))
    one.undo(by=lead, in_worker=False)
    work_on_import(one.pk)
    page = desk_client(lead).get(f"/admin/customers/imports/{one.pk}/").text
    assert "Nothing could be taken back." in page
    assert "The import was undone." not in page
