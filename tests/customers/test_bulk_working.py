"""The work on bulk changes: killed, cancelled, failing, doubled, raced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.bulk.models import BulkChange, BulkPiece, BulkRow
from customers.bulk.stages import Kind
from customers.bulk.tasks import work_on_bulk_change
from customers.bulk.working import steps, work
from customers.models import Tagging
from customers.tasks import sweep
from events.models import Event
from tests.customers.bulk_changes import asked, counts, done, five, tags_of
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_pieces(settings) -> None:
    settings.BULK_PIECE_ROWS = 2


@pytest.mark.usefixtures("small_pieces")
class TestWorking:
    @pytest.mark.parametrize("killed_after", range(1, 4))
    def test_a_worker_killed_between_steps_is_followed_by_one_that_goes_on(
        self, agent: User, killed_after: int
    ) -> None:
        customers = five()
        one = asked(Kind.TAG, "VIP", by=agent)
        for _ in zip(range(killed_after), steps(one.pk), strict=False):
            pass
        assert counts(done(one)) == (5, 5, 0, 0)
        assert [tags_of(each) for each in customers] == [["VIP"]] * 5
        assert Event.objects.filter(name="bulk_change.finished").count() == 1

    def test_a_worker_killed_within_a_step_leaves_nothing_of_it(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        with transaction.atomic():
            next(steps(one.pk))
            transaction.set_rollback(True)
        assert (BulkRow.objects.count(), Tagging.objects.count()) == (0, 0)
        assert counts(done(one)) == (5, 5, 0, 0)

    def test_cancelled_it_stops_and_keeps_what_was_done(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        next(steps(one.pk))
        assert one.cancel(by=agent)
        assert not one.cancel(by=agent)
        assert (done(one).stage, one.done_count, Tagging.objects.count()) == ("cancelled", 2, 2)
        assert BulkPiece.objects.count() == 0
        cancelled = Event.objects.get(name="bulk_change.cancelled")
        assert (cancelled.subject_id, cancelled.actor_id) == (one.pk, agent.pk)

    def test_what_fails_again_and_again_stops_and_is_tried_again_on_request(
        self, agent: User
    ) -> None:
        customers = five()
        one = asked(Kind.TAG, "VIP", by=agent)
        next(steps(one.pk))
        # Nobody more can be counted as done: the column holds no larger number.
        BulkChange.objects.filter(pk=one.pk).update(done_count=2**31 - 1)
        for _ in range(BulkChange.MAX_ATTEMPTS + 2):
            work_on_bulk_change(one.pk)
        one.refresh_from_db()
        assert (one.stage, Tagging.objects.count()) == ("failed", 2)
        assert Event.objects.filter(name="bulk_change.failed").count() == 1
        BulkChange.objects.filter(pk=one.pk).update(done_count=2)
        assert one.try_again(by=agent)
        assert not one.try_again(by=agent)
        assert (done(one).stage, counts(one)) == ("finished", (5, 5, 0, 0))
        assert [tags_of(each) for each in customers] == [["VIP"]] * 5

    def test_what_is_being_undone_is_not_tried_again(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        next(steps(one.pk))
        one.give_up()
        one.undo(by=agent)
        assert not one.try_again(by=agent)

    def test_workers_are_told_on_commit_and_by_the_sweep(
        self, agent: User, monkeypatch, django_capture_on_commit_callbacks
    ) -> None:
        told: list[tuple[str, int, str]] = []

        def note(task: str, pk: int, _turn: int, *, queue: str, after: float) -> bool:
            told.append((task, pk, queue))
            return True

        monkeypatch.setattr("customers.turns.tell_worker", note)
        five()
        with django_capture_on_commit_callbacks(execute=True):
            one = asked(Kind.TAG, "VIP", by=agent)
        assert told == [("customers.tasks.work_on_bulk_change", one.pk, "bulk")]
        assert sweep() == 1
        done(one)
        assert (sweep(), len(told)) == (0, 2)

    def test_what_one_step_does_waits_behind_no_import(self, agent: User, settings) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        assert one.queue == "bulk"
        settings.BULK_PIECE_ROWS = 5
        assert one.queue == "default"

    def test_a_turn_ends_in_time_and_the_next_goes_on(self, agent: User) -> None:
        five()
        one = asked(Kind.TAG, "VIP", by=agent)
        assert work(one.pk, seconds=0)
        assert (BulkRow.objects.count(), done(one).stage) == (2, "finished")


def statements_for(rows: int, kind: Kind, agent: User) -> int:
    for _ in range(rows):
        CustomerFactory(account=True)
    one = asked(kind, "VIP", by=agent)
    with CaptureQueriesContext(connection) as sent:
        done(one)
    return len(sent)


@pytest.mark.parametrize("kind", [Kind.TAG, Kind.UNTAG, Kind.DISABLE])
def test_a_step_asks_as_often_for_many_as_for_one(lead: User, kind: Kind) -> None:
    assert statements_for(1, kind, lead) == statements_for(4, kind, lead)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_each_step_once(agent: User, settings) -> None:
    settings.BULK_PIECE_ROWS = 1
    customers = [CustomerFactory() for _ in range(12)]
    one = asked(Kind.TAG, "VIP", by=agent)
    all_at_once(lambda _number: work(one.pk))
    assert (done(one).stage, counts(one), one.attempts) == ("finished", (12, 12, 0, 0), 0)
    assert Tagging.objects.count() == len(customers)


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_on_undo_one_counts(agent: User) -> None:
    five()
    one = done(asked(Kind.TAG, "VIP", by=agent))
    told = all_at_once(lambda _number: one.undo(by=agent))
    assert sorted(type(each).__name__ for each in told) == ["BulkChange"] + ["NoneType"] * 7


@pytest.mark.django_db(transaction=True)
def test_staff_who_tag_at_the_same_moment_and_a_bulk_change_agree(agent: User, settings) -> None:
    settings.BULK_PIECE_ROWS = 2
    customers = five()
    one = asked(Kind.TAG, "VIP", by=agent)
    jobs = [
        lambda: work(one.pk),
        *(lambda each=each: each.tag("VIP", by=None) for each in customers),
    ]
    told = all_at_once(lambda number: jobs[number](), threads=len(jobs))
    assert [each for each in told if isinstance(each, Exception)] == []
    assert [tags_of(each) for each in customers] == [["VIP"]] * 5
    by_hand = sum(each is True for each in told[1:])
    assert (done(one).stage, one.changed_count) == ("finished", 5 - by_hand)
