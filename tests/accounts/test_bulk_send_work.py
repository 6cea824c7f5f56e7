"""The work on a bulk send: killed, paused, raced; and nobody is mailed twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ResetRequest
from customers.bulk.models import BulkChange
from customers.bulk.tasks import sweep_bulk_changes, work_on_bulk_change
from customers.bulk.working import steps, work
from customers.models import Customer
from events.models import Event
from notifications.models import Mail
from tests.accounts.bulk_sends import (
    INVITES,
    RESETS,
    counted,
    mails_by_address,
    started,
    with_account,
    without_account,
)
from tests.accounts.conftest import mailed_earlier
from tests.customers.bulk_changes import counts, done
from tests.threads import THREADS, all_at_once, beside

if TYPE_CHECKING:
    from accounts.models import User

MINUTE = timedelta(minutes=1)


@pytest.fixture
def without_pace(settings: Any) -> None:
    """The minute of the pace is over at once; a piece holds two customers."""
    settings.BULK_MINUTE_SECONDS = 0
    settings.BULK_PIECE_ROWS = 2


@pytest.mark.django_db
@pytest.mark.usefixtures("without_pace")
class TestWorkersThatDie:
    @pytest.mark.parametrize("killed_after", range(1, 5))
    def test_between_steps_another_goes_on_and_nobody_is_mailed_twice(
        self, agent: User, killed_after: int
    ) -> None:
        people = without_account(5)
        one = started(INVITES, by=agent)
        for _ in zip(range(killed_after), steps(one.pk), strict=False):
            pass
        assert counts(done(one)) == (5, 5, 0, 0)
        assert mails_by_address() == {person.primary_email: 1 for person in people}
        assert Event.objects.filter(name="bulk_change.finished").count() == 1

    def test_within_a_step_nothing_of_it_is_left(self, agent: User) -> None:
        without_account(5)
        one = started(INVITES, by=agent)
        with transaction.atomic():
            next(steps(one.pk))
            transaction.set_rollback(True)
        assert (Mail.objects.count(), ResetRequest.objects.count(), one.rows.count()) == (0, 0, 0)
        assert not Customer.objects.invited().exists()
        assert counts(done(one)) == (5, 5, 0, 0)

    def test_a_note_of_the_progress_that_was_lost_doubles_no_mail(self, agent: User) -> None:
        """The outbox has the last word: for one start, one mail of a kind to an address."""
        people = with_account(2)
        one = started(RESETS, by=agent)
        next(steps(one.pk))
        BulkChange.objects.filter(pk=one.pk).update(next_piece=0, done_count=0)
        assert one.pause(by=agent)
        assert one.resume(by=agent)
        one.rows.all().delete()
        mailed_earlier(MINUTE)
        Mail.objects.update(handed_over_at=timezone.now())
        done(one)
        assert mails_by_address() == {person.primary_email: 1 for person in people}

    def test_what_is_written_is_safe_on_the_disk_before_a_mail_leaves(self, agent: User) -> None:
        without_account(1)
        one = started(INVITES, by=agent)
        asked: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if "notifications_mail" in sql and sql.startswith("INSERT"):
                with connection.cursor() as cursor:
                    cursor.execute("SHOW synchronous_commit")
                    asked.extend(cursor.fetchone())
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            done(one)
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("SHOW synchronous_commit")
            assert asked == list(cursor.fetchone())


@pytest.mark.django_db
@pytest.mark.usefixtures("without_pace")
class TestSteering:
    def test_paused_it_rests_and_goes_on_behind_what_was_done(
        self, agent: User, lead: User
    ) -> None:
        without_account(5)
        one = started(INVITES, by=agent)
        next(steps(one.pk))
        assert one.pause(by=lead)
        assert not one.pause(by=lead)
        assert (done(one).stage, one.paused_by, Mail.objects.count()) == ("paused", lead, 2)
        assert sweep_bulk_changes() == 0
        assert one.resume(by=agent)
        assert not one.resume(by=agent)
        assert (done(one).stage, Mail.objects.count()) == ("finished", 5)
        names = [f"bulk_change.{what}" for what in ("paused", "resumed")]
        told = Event.objects.filter(name__in=names).order_by("pk")
        assert [(each.name, each.actor_id) for each in told] == list(
            zip(names, (lead.pk, agent.pk), strict=True)
        )

    def test_a_pause_in_the_middle_of_a_step_undoes_that_step(self, agent: User) -> None:
        without_account(2)
        one = started(INVITES, by=agent)

        def pause_meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if sql.startswith("INSERT") and "notifications_mail" in sql:
                one.pause(by=agent)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(pause_meanwhile):
            work(one.pk)
        assert (Mail.objects.count(), one.rows.count()) == (0, 0)

    def test_cancelled_it_stops_and_keeps_what_was_sent(self, agent: User) -> None:
        without_account(5)
        one = started(INVITES, by=agent)
        next(steps(one.pk))
        assert one.pause(by=agent)
        assert one.cancel(by=agent)
        assert (done(one).stage, one.changed_count, Mail.objects.count()) == ("cancelled", 2, 2)
        assert not one.resume(by=agent)

    def test_what_is_only_counted_is_neither_sent_nor_paused(self, agent: User) -> None:
        without_account(3)
        one = counted(INVITES, by=agent)
        assert not one.pause(by=agent)
        assert (done(one).stage, Mail.objects.count(), sweep_bulk_changes()) == ("ready", 0, 0)

    def test_counted_again_it_tells_of_the_same_people_as_they_are_now(self, agent: User) -> None:
        first, *_others = without_account(3)
        one = counted(INVITES, by=agent)
        first.disable(by=agent)
        without_account(1)
        assert one.count_again(by=agent)
        assert (one.stage, done(one).stage) == ("counting", "ready")
        assert (one.preview, one.chosen_count) == ({"changed": 2, "disabled": 1}, 3)

    def test_what_nobody_starts_within_a_week_is_discarded(self, agent: User) -> None:
        without_account(1)
        one = counted(INVITES, by=agent)
        sweep_bulk_changes()
        one.refresh_from_db()
        assert one.stage == "ready"
        long_ago = timezone.now() - timedelta(days=8)
        BulkChange.objects.filter(pk=one.pk).update(counted_at=long_ago)
        sweep_bulk_changes()
        one.refresh_from_db()
        assert (one.stage, one.pieces.count()) == ("cancelled", 0)
        assert not one.start(by=agent)

    def test_a_kind_of_another_release_is_left_to_it(self, agent: User) -> None:
        without_account(1)
        one = counted(INVITES, by=agent)
        BulkChange.objects.filter(pk=one.pk).update(kind="of_tomorrow", awaits_start=False)
        work_on_bulk_change(one.pk)
        one.refresh_from_db()
        assert (one.attempts, one.stage, sweep_bulk_changes()) == (0, "working", 0)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_many_who_start_the_same_one_does(self, agent: User) -> None:
        people = without_account(6)
        one = counted(INVITES, by=agent)

        def start(_number: int) -> bool:
            mine = BulkChange.objects.get(pk=one.pk)
            is_first = mine.start(by=agent)
            work(one.pk)
            return is_first

        told = all_at_once(start)
        assert sorted(told) == [False] * (THREADS - 1) + [True]
        assert (done(one).stage, counts(one)) == ("finished", (6, 6, 0, 0))
        assert mails_by_address() == {person.primary_email: 1 for person in people}

    def test_of_many_who_send_to_the_same_people_each_is_mailed_once(self, agent: User) -> None:
        people = without_account(6)
        sends = [started(INVITES, by=agent) for _ in range(4)]
        told = all_at_once(lambda number: work(sends[number].pk), threads=4)
        assert [each for each in told if isinstance(each, Exception)] == []
        assert sum(done(one).changed_count for one in sends) == len(people)
        assert mails_by_address() == {person.primary_email: 1 for person in people}

    def test_who_is_barred_while_a_step_begins_gets_no_link(self, agent: User) -> None:
        customer, _other = with_account(2)
        one = started(RESETS, by=agent)
        beside(lambda: customer.disable(by=agent), lambda: work(one.pk))
        assert done(one).outcomes == {"disabled": 1, "changed": 1}
        assert not ResetRequest.objects.filter(customer=customer).exists()

    def test_a_send_and_staff_who_send_at_the_same_moment_agree(
        self, agent: User, settings: Any
    ) -> None:
        settings.BULK_PIECE_ROWS = 2
        people = with_account(6)
        one = started(RESETS, by=agent)

        def act(number: int) -> Any:
            if number == 0:
                return work(one.pk)
            return ResetRequest.start(people[-number], by=agent)

        told = all_at_once(act, threads=7)
        assert {type(each).__name__ for each in told} <= {"bool", "ResetRequest", "NotYet"}
        done(one)
        assert ResetRequest.objects.open().count() == len(people)
        assert max(mails_by_address().values(), default=1) == 1
