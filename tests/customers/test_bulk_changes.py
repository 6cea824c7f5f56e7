"""Bulk changes: who is changed, what they leave, and taking them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import ResetRequest, Session
from customers.bulk.models import BulkChange, BulkPiece, BulkRow, NobodyChosen
from customers.bulk.permissions import can_steer
from customers.bulk.stages import Kind
from customers.bulk.working import steps
from customers.models import Customer, CustomerSearch, Tag, Tagging
from events.models import Event
from tests.customers.bulk_changes import (
    EVERYBODY,
    asked,
    counts,
    done,
    five,
    lines_of,
    tags_of,
)
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


class TestTagging:
    def test_all_who_were_chosen_carry_the_tags(self, agent: User) -> None:
        first, *others = five()
        first.tag("vip", by=None)
        one = done(asked(Kind.TAG, "VIP", "Winter", by=agent))
        assert (one.stage, counts(one)) == ("finished", (5, 5, 0, 0))
        assert [tags_of(each) for each in (first, others[0])] == [["vip", "Winter"]] * 2
        assert BulkPiece.objects.count() == 0

    def test_a_repeat_changes_nobody(self, agent: User) -> None:
        five()
        done(asked(Kind.TAG, "VIP", by=agent))
        before = list(EVERYBODY().values("pk", "updated_at"))
        one = done(asked(Kind.TAG, "vip", by=agent))
        assert (counts(one), one.rows.count()) == ((5, 0, 5, 0), 0)
        assert list(EVERYBODY().values("pk", "updated_at")) == before

    def test_they_are_found_by_the_tag_and_count_as_changed(self, agent: User) -> None:
        customer = five()[0]
        done(asked(Kind.TAG, "Zitrone", by=agent))
        assert " zitrone " in CustomerSearch.objects.get(pk=customer.pk).doc
        row = BulkRow.objects.get(customer=customer)
        assert Customer.objects.get(pk=customer.pk).updated_at == row.at
        done(asked(Kind.UNTAG, "Zitrone", by=agent))
        assert " zitrone " not in CustomerSearch.objects.get(pk=customer.pk).doc

    def test_who_would_carry_too_many_is_skipped_with_the_reason(self, agent: User) -> None:
        full, other = CustomerFactory(), CustomerFactory()
        full.tag_all([f"tag {number}" for number in range(249)], by=None)
        one = done(asked(Kind.TAG, "one", "more", by=agent))
        assert counts(one) == (2, 1, 0, 1)
        skipped = one.rows.get(customer=full)
        assert skipped.reason == "A customer carries at most 250 tags."
        assert (full.tags.count(), tags_of(other)) == (249, ["more", "one"])
        assert counts(done(asked(Kind.TAG, "one", by=agent))) == (2, 1, 1, 0)

    def test_tags_come_off_who_carries_them(self, agent: User) -> None:
        first, *_others = five()
        first.tag_all(["VIP", "Winter", "Herbst"], by=None)
        one = done(asked(Kind.UNTAG, "vip", "Winter", by=agent))
        assert (counts(one), tags_of(first)) == ((5, 1, 4, 0), ["Herbst"])

    def test_one_event_tells_of_all_and_each_timeline_of_its_own(self, agent: User) -> None:
        customer, *_ = five()
        before = Event.objects.count()
        one = done(asked(Kind.TAG, "VIP", by=agent))
        events = Event.objects.order_by("pk")[before:]
        assert [(each.name, each.actor_id, each.plain) for each in events] == [
            ("bulk_change.asked", agent.pk, {"kind": "tag", "chosen": 5}),
            ("bulk_change.finished", agent.pk, {"kind": "tag", "changed": 5, "skipped": 0}),
        ]
        address = f"/admin/customers/bulk-changes/{one.pk}/"
        assert lines_of(customer)[0] == (
            '<b>Anna Agent</b> added the tag <span class="badge plain">VIP</span>'
            f' · <a href="{address}">Bulk change of 5 customers</a>'
        )


class TestWhoIsChosen:
    def test_who_comes_after_the_asking_is_not_among_them(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        late = CustomerFactory()
        assert counts(done(one)) == (5, 5, 0, 0)
        assert tags_of(late) == []

    def test_who_no_longer_matches_still_is(self, agent: User) -> None:
        """Such as all of "VIP", from whom just that tag is taken."""
        customers = five()
        for each in customers:
            each.tag("VIP", by=None)
        chosen = EVERYBODY().tagged("vip")
        one = BulkChange.ask(Kind.UNTAG, chosen, by=agent, tags=Tag.named_all(["vip"]))
        customers[4].untag(Tag.objects.get(), by=None)
        assert counts(done(one)) == (5, 4, 1, 0)

    def test_without_anybody_there_is_nothing_to_ask_for(self, agent: User) -> None:
        for nobody in (EVERYBODY(), EVERYBODY().none()):
            with pytest.raises(NobodyChosen):
                BulkChange.ask(Kind.DISABLE, nobody, by=agent)
        assert (BulkChange.objects.count(), Event.objects.count()) == (0, 0)

    def test_who_is_gone_by_then_counts_as_unchanged(self, agent: User) -> None:
        customers = five()
        one = asked(Kind.TAG, "VIP", by=agent)
        customers[2].delete()
        assert counts(done(one)) == (5, 4, 1, 0)


class TestDisabling:
    def test_accounts_are_disabled_and_sessions_end(self, lead: User) -> None:
        customer, other = CustomerFactory(account=True), CustomerFactory()
        sign_in(customer.user)
        link = ResetRequest.start(customer, by=lead)
        one = done(asked(Kind.DISABLE, by=lead))
        assert counts(one) == (2, 2, 0, 0)
        for each in (customer, other):
            each.refresh_from_db()
            assert (each.is_disabled, each.disabled_by) == (True, lead)
        assert not Session.objects.filter(user=customer.user).exists()
        assert not ResetRequest.objects.open().filter(pk=link.pk).exists()
        assert "disabled the account" in lines_of(customer)[1]

    def test_who_is_disabled_already_stays_so_since_then(self, lead: User) -> None:
        customer, _other = CustomerFactory(), CustomerFactory()
        customer.disable(by=None)
        since = customer.disabled_at
        assert counts(done(asked(Kind.DISABLE, by=lead))) == (2, 1, 1, 0)
        customer.refresh_from_db()
        assert customer.disabled_at == since


class TestUndoing:
    def test_only_tags_that_it_really_added_are_taken_off(self, agent: User) -> None:
        had, gave_up, renewed, plain = (CustomerFactory() for _ in range(4))
        had.tag("VIP", by=None)
        one = done(asked(Kind.TAG, "VIP", by=agent))
        tag = Tag.objects.get()
        for each in (gave_up, renewed):
            each.untag(tag, by=None)
        renewed.tag("VIP", by=None)
        undoing = done(one.undo(by=agent))
        assert counts(undoing) == (3, 1, 2, 0)
        assert [tags_of(each) for each in (had, gave_up, renewed, plain)] == [
            ["VIP"], [], ["VIP"], [],
        ]  # fmt: skip
        assert " vip " not in CustomerSearch.objects.get(pk=plain.pk).doc

    def test_tags_that_it_took_off_come_back(self, agent: User) -> None:
        carried, never = CustomerFactory(), CustomerFactory()
        carried.tag_all(["VIP", "Winter"], by=None)
        one = done(asked(Kind.UNTAG, "VIP", "Winter", by=agent))
        carried.tag("VIP", by=None)
        assert counts(done(one.undo(by=agent))) == (1, 1, 0, 0)
        assert (tags_of(carried), tags_of(never)) == (["VIP", "Winter"], [])

    def test_who_is_full_by_then_gets_none_back(self, agent: User) -> None:
        full = CustomerFactory()
        full.tag_all([f"tag {number}" for number in range(250)], by=None)
        one = done(asked(Kind.UNTAG, "tag 7", by=agent))
        full.tag("other", by=None)
        assert counts(done(one.undo(by=agent))) == (1, 0, 0, 1)
        assert full.tags.count() == 250

    def test_only_accounts_that_nobody_has_touched_since_are_enabled(self, lead: User) -> None:
        before, let_in, again, plain = (CustomerFactory() for _ in range(4))
        before.disable(by=None)
        one = done(asked(Kind.DISABLE, by=lead))
        for each in (let_in, again):
            each.enable_again(by=None)
        again.disable(by=None)
        undoing = done(one.undo(by=lead))
        assert counts(undoing) == (3, 1, 2, 0)
        states = dict(EVERYBODY().values_list("pk", "disabled_at"))
        assert [bool(states[each.pk]) for each in (before, let_in, again, plain)] == [
            True, False, True, False,
        ]  # fmt: skip

    def test_it_is_done_once_and_not_undone_itself(self, agent: User) -> None:
        five()
        one = done(asked(Kind.TAG, "VIP", by=agent))
        undoing = one.undo(by=agent)
        assert one.undo(by=agent) is None
        assert done(undoing).undo(by=agent) is None

    def test_who_was_a_lead_once_steers_their_tags_and_no_accounts(
        self, agent: User, lead: User
    ) -> None:
        five()
        for kind, may in ((Kind.TAG, True), (Kind.DISABLE, False)):
            one = done(asked(kind, *(["VIP"] if may else []), by=agent))
            for each in (one, one.undo(by=agent)):
                assert (can_steer(agent, each), can_steer(lead, each)) == (may, True)

    def test_what_is_under_way_or_changed_nobody_is_not_undone(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        assert one.undo(by=agent) is None
        done(one)
        assert done(asked(Kind.TAG, "VIP", by=agent)).undo(by=agent) is None
        assert not BulkChange.objects.filter(kind=Kind.UNDO).exists()

    def test_one_that_was_called_off_is_taken_up_again(self, agent: User, settings) -> None:
        settings.BULK_PIECE_ROWS = 2
        five()
        one = done(asked(Kind.TAG, "VIP", by=agent))
        first = one.undo(by=agent)
        next(steps(first.pk))
        assert first.cancel(by=agent)
        assert counts(done(one.undo(by=agent))) == (5, 3, 2, 0)
        assert Tagging.objects.count() == 0

    def test_what_a_cancelled_change_did_is_undone(self, agent: User, settings) -> None:
        settings.BULK_PIECE_ROWS = 2
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        next(steps(one.pk))
        assert one.cancel(by=agent)
        assert counts(done(one.undo(by=agent))) == (2, 2, 0, 0)
        assert Tagging.objects.count() == 0

    def test_the_timeline_tells_of_both(self, agent: User, lead: User) -> None:
        customer = five()[0]
        done(done(asked(Kind.TAG, "VIP", by=agent)).undo(by=lead))
        undone, added, *_ = lines_of(customer)
        assert undone.startswith("<b>Lars Lead</b> undid a bulk change")
        assert "added the tag" in added
