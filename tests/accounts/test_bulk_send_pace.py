"""The pace of bulk sends: so many mails a minute, whoever sends and however long nobody did."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AccountRules, MailPace
from customers.bulk.tasks import work_on_bulk_change
from customers.bulk.working import work
from notifications.models import Mail
from tests.accounts.bulk_sends import (
    INVITES,
    RESETS,
    mails_by_address,
    sent,
    started,
    with_account,
    without_account,
)
from tests.customers.bulk_changes import done

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


class Clock:
    """What the pace takes for the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0
        monkeypatch.setattr("accounts.models.paces._clock", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def rate(per_minute: int) -> None:
    AccountRules.objects.update(bulk_per_minute=per_minute)


def test_a_sixth_of_the_minute_leaves_at_a_time(agent: User, clock: Clock) -> None:
    rate(12)
    without_account(5)
    one = started(INVITES, by=agent)
    for mailed in (2, 4, 5):
        work(one.pk)
        Mail.objects.update(handed_over_at=timezone.now())
        work(one.pk)
        assert Mail.objects.count() == mailed
        clock.now += 10
    assert done(one).stage == "finished"


def test_two_sends_share_one_pace(agent: User, clock: Clock) -> None:
    rate(12)
    for kind, people in ((INVITES, without_account(4)), (RESETS, with_account(4))):
        work(started(kind, by=agent, people=people).pk)
    assert Mail.objects.count() == 2


def test_who_was_away_catches_up_with_nothing(agent: User, clock: Clock) -> None:
    rate(12)
    without_account(9)
    one = started(INVITES, by=agent)
    work(one.pk)
    Mail.objects.update(handed_over_at=timezone.now())
    clock.now += 3600
    work(one.pk)
    assert Mail.objects.count() == 4


def test_a_clock_set_back_keeps_nobody_waiting_until_it_is_as_late_as_it_was(
    agent: User, clock: Clock
) -> None:
    rate(12)
    without_account(9)
    one = started(INVITES, by=agent)
    work(one.pk)
    Mail.objects.update(handed_over_at=timezone.now())
    clock.now -= 3600
    assert MailPace.pause() == 0
    work(one.pk)
    assert Mail.objects.count() == 4


def test_what_is_queued_as_the_clock_is_set_back_a_little_stands_in_its_place(
    clock: Clock,
) -> None:
    rate(12)
    assert take(2) == 2
    clock.now += 10
    with transaction.atomic():
        count = MailPace.room()
        clock.now -= 30
        MailPace.take(count)
    # Until what was queued last by the clock has had its share of the minute.
    assert (count, MailPace.pause()) == (2, 30)


@pytest.mark.parametrize("seed", range(4))
def test_never_more_within_any_minute_than_the_rule_says(clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    per_minute = chance.choice([10, 60, 300])
    rate(per_minute)
    left: list[tuple[float, int]] = []
    for _ in range(400):
        clock.now += chance.choice([0.01, 1, 3, 10, 25])
        with transaction.atomic():
            room = MailPace.room()
            count = chance.randint(0, room)
            MailPace.take(count)
        left.append((clock.now, count))
    assert sum(count for _at, count in left) > 3 * per_minute
    for at, _count in left:
        within = [count for then, count in left if at - 60 < then <= at]
        assert sum(within) <= per_minute


def take(most: int) -> int:
    with transaction.atomic():
        count = min(MailPace.room(), most)
        MailPace.take(count)
    return count


@pytest.mark.parametrize("most", [7, 9, 10])
def test_nor_when_each_step_finds_a_little_less_to_send(clock: Clock, most: int) -> None:
    rate(60)
    left: list[tuple[float, int]] = []
    for _ in range(40):
        clock.now += MailPace.pause()
        left.append((clock.now, take(most)))
        within = [count for at, count in left if clock.now - 60 < at <= clock.now]
        assert sum(within) <= 60
    assert min(count for _at, count in left) > 0


def test_a_lower_rule_holds_from_the_next_step_on(clock: Clock) -> None:
    rate(300)
    for _ in range(10):
        clock.now += MailPace.pause()
        assert take(10) == 10
    rate(60)
    clock.now += MailPace.pause() - 0.001
    assert take(10) == 0
    clock.now += 0.002
    assert 0 < take(10) <= 10


def test_behind_mails_that_nobody_takes_no_more_are_queued(agent: User, clock: Clock) -> None:
    rate(12)
    without_account(5)
    one = started(INVITES, by=agent)
    work(one.pk)
    clock.now += 60
    work(one.pk)
    assert Mail.objects.count() == 2
    assert one.pause_seconds > 0
    Mail.objects.update(attempts=1)  # tried, and put off by the server as it does with some
    work(one.pk)
    assert Mail.objects.count() == 4


def test_workers_are_told_again_when_there_is_room(
    agent: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    def note(_task: str, _pk: int, _turn: int, *, queue: str, after: float) -> bool:
        told.append(after)
        return True

    monkeypatch.setattr("customers.turns.tell_worker", note)
    rate(60)
    without_account(11)
    one = started(INVITES, by=agent)
    work_on_bulk_change(one.pk)
    assert (Mail.objects.count(), told) == (10, [10])
    Mail.objects.update(handed_over_at=timezone.now())
    clock.now += 10
    work_on_bulk_change(one.pk)
    one.refresh_from_db()
    assert (one.stage, told) == ("finished", [10])
    assert one.attempts == 0


def test_many_who_are_left_out_cost_no_time(agent: User, clock: Clock) -> None:
    rate(10)
    with_account(20)
    (newcomer,) = without_account(1)
    assert sent(INVITES, by=agent).outcomes == {"has_account": 20, "changed": 1}
    assert mails_by_address() == {newcomer.primary_email: 1}
