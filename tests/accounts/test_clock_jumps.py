"""A machine's time jumps by an hour: nothing that was asked for is lost, and no door opens."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import LinkState, MailBudget, ResetRequest, Share
from accounts.models.links import LinkRefused
from accounts.throttling import LIMITS, Throttled, hit
from customers.models import Customer
from notifications.answers import Answer
from notifications.models import Mail
from shopdesk.celery import app
from shopdesk.pulses import Clock
from tests.accounts.conftest import work
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "eine-lange-Röstung-77", "Espresso-am-Morgen-3"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FORWARD, BACK = HOUR, -HOUR
Jump = Callable[[timedelta], None]
TRIES = "login of account from ip"


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    """From now on, the clock on the wall shows so much more or less than it did at first."""

    def to(by: timedelta) -> None:
        class Jumped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # no Self
                return datetime.now(tz) + by

        monkeypatch.setattr("django.utils.timezone.datetime", Jumped)

    return to


def start(customer: Customer) -> ResetRequest:
    return ResetRequest.start(customer, by=None)


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_a_link_that_was_used_stays_used(customer: Customer, jump: Jump, by: timedelta) -> None:
    link = start(customer)
    link.redeem(PASSWORD)
    jump(by)
    assert link.state == LinkState.USED
    with pytest.raises(LinkRefused):
        link.redeem(NEW)


def test_a_link_expires_with_the_clock_and_the_next_one_opens(
    customer: Customer, jump: Jump
) -> None:
    link = start(customer)
    jump(FORWARD + MINUTE)
    assert link.state == LinkState.EXPIRED
    with pytest.raises(LinkRefused):
        link.redeem(PASSWORD)
    again = start(customer)
    assert len(work()) == 1
    again.redeem(PASSWORD)


def test_a_clock_set_back_lengthens_a_link_by_its_jump_and_no_more(
    customer: Customer, jump: Jump
) -> None:
    link = start(customer)
    life = link.expires_at - link.started_at
    jump(BACK)
    assert link.state == LinkState.OPEN
    jump(BACK + life + HOUR)
    assert link.state == LinkState.EXPIRED


def test_what_waits_while_the_clock_leaps_is_sent(customer: Customer, jump: Jump) -> None:
    start(customer)
    jump(FORWARD - 2 * MINUTE)
    assert [mail.to for mail in work()] == [[customer.primary_email]]


def test_what_waits_while_the_clock_is_set_back_leaves_in_its_time_and_what_is_new_at_once(
    customer: Customer, jump: Jump
) -> None:
    link, other = start(customer), CustomerFactory(account=True)
    jump(BACK)
    start(other)
    assert [mail.to for mail in work()] == [[other.primary_email]]
    jump(MINUTE)
    assert [mail.to for mail in work()] == [[customer.primary_email]]
    link.redeem(PASSWORD)


def test_a_mail_in_hand_at_the_jump_is_taken_over_at_most_once_and_that_is_said(
    customer: Customer, jump: Jump
) -> None:
    start(customer)
    work()
    mail = Mail.objects.get()
    Mail.objects.update(handed_over_at=None)
    assert mail.take()
    jump(FORWARD - 2 * MINUTE)
    successor = Mail.objects.get()
    assert successor.take()
    assert not mail.handed_over(Answer("250"), subject="", text="")
    assert successor.handed_over(Answer("250"), subject="", text="")
    assert successor.perhaps_twice


def tries() -> int:
    """How many are let through now."""
    most = LIMITS[TRIES].tries
    for count in range(most):
        try:
            hit(TRIES, "jana")
        except Throttled:
            return count
    with pytest.raises(Throttled):
        hit(TRIES, "jana")
    return most


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_no_more_tries_are_let_through_than_in_two_windows(jump: Jump, by: timedelta) -> None:
    assert tries() == LIMITS[TRIES].tries
    jump(by)
    assert tries() == (LIMITS[TRIES].tries if by == FORWARD else 0)
    jump(by + HOUR + MINUTE * 6)
    assert tries() == LIMITS[TRIES].tries


def test_a_mailbox_gets_no_more_for_a_clock_set_back(customer: Customer, jump: Jump) -> None:
    def is_free() -> bool:
        with transaction.atomic():
            return MailBudget.spend(customer.primary_email, Share.DESK) is None

    assert is_free()
    jump(BACK)
    assert not is_free()
    jump(2 * MINUTE)
    assert is_free()


def test_the_clock_of_the_workers_is_not_silent_until_the_time_catches_up(tmp_path: Path) -> None:
    clock = Clock(app, schedule_filename=str(tmp_path / "schedule"))
    for entry in clock.schedule.values():
        entry.last_run_at += HOUR
    clock.populate_heap()
    clock.tick()
    sweep = clock.schedule["send what waits"]
    assert 0 < sweep.is_due().next <= MINUTE.total_seconds()
    soonest = min(event.time for event in clock._heap)
    assert soonest <= time.time() + MINUTE.total_seconds()
