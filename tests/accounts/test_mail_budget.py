"""One mail a minute and five an hour reach a mailbox, whoever asks and however."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.addresses import budget_key
from accounts.models import (
    AskPurpose,
    LinkState,
    MailBudget,
    NotYet,
    RecoveryAsk,
    ResetRequest,
    Share,
    User,
)
from accounts.tasks import close_expired
from customers.models import Customer
from events.log import OutsideTransaction
from tests.accounts.conftest import mailed_earlier, work, work_in_vain
from tests.factories.accounts import StaffFactory
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

JANA = "jana.mueller@example.de"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def spend(address: str = JANA, share: Share = Share.DESK) -> NotYet | None:
    with transaction.atomic():
        return MailBudget.spend(address, share)


def seconds(refusal: NotYet | None) -> tuple[int, int]:
    assert refusal is not None
    return refusal.seconds_ago, refusal.seconds_left


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (JANA, "Jana.Mueller@EXAMPLE.de"),
        (JANA, "jana.mueller+shop@example.de"),
        ("jana@gmail.com", "j.a.n.a+x@googlemail.com"),
        ("jana@münchen.example", "jana@xn--mnchen-3ya.example"),
        ("mu\N{COMBINING DIAERESIS}ller@example.de", "müller@example.de"),
    ],
)
def test_variants_of_one_mailbox_share_a_budget(db: None, one: str, other: str) -> None:
    assert budget_key(one) == budget_key(other)
    assert (spend(one), spend(other) is None) == (None, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (JANA, "janamueller@example.de"),
        (JANA, "jana.mueller@example.com"),
        ("+a@example.de", "+b@example.de"),
        ("a@" + "x" * 70 + ".de", "b@" + "x" * 70 + ".de"),
    ],
)
def test_other_mailboxes_have_a_budget_of_their_own(db: None, one: str, other: str) -> None:
    assert (spend(one), spend(other)) == (None, None)


def test_the_table_names_nobody(db: None) -> None:
    spend()
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text FROM accounts_mailbudget AS b")
        assert "jana" not in str(cursor.fetchall())


def test_the_second_within_a_minute_waits_and_is_told_for_how_long(db: None) -> None:
    assert spend() is None
    mailed_earlier(timedelta(seconds=20))
    assert seconds(spend()) == (20, 40)
    mailed_earlier(timedelta(seconds=40))
    assert spend() is None


@pytest.mark.parametrize("share", list(Share))
def test_each_sort_of_asker_has_its_share_of_the_hour(db: None, share: Share) -> None:
    for _ in range(share):
        assert spend(share=share) is None
        mailed_earlier(MINUTE)
    assert seconds(spend(share=share)) == (60, 3600 - 60 * share)
    more = [spend() for _ in range(5 - share) if mailed_earlier(MINUTE) is None]
    assert more == [None] * (5 - share)


@pytest.mark.parametrize("seed", range(5))
def test_never_six_in_any_hour_and_never_two_in_a_minute(db: None, seed: int) -> None:
    chance = random.Random(seed)
    clock, left = timedelta(), []
    for _ in range(150):
        pause = timedelta(seconds=chance.choice([0, 5, 30, 59, 60, 61, 300, 900]))
        clock += pause
        mailed_earlier(pause)
        if spend(share=chance.choice(list(Share))) is None:
            left.append(clock)
    assert len(left) > 20
    assert min(late - early for early, late in pairwise(left)) >= MINUTE
    assert min(late - early for early, late in zip(left, left[5:], strict=False)) >= HOUR


def test_what_rolls_back_has_spent_nothing(db: None) -> None:
    with transaction.atomic():
        assert MailBudget.spend(JANA, Share.DESK) is None
        transaction.set_rollback(True)
    assert spend() is None


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_can_be_spent() -> None:
    with pytest.raises(OutsideTransaction):
        MailBudget.spend(JANA, Share.DESK)


def test_many_are_spent_in_one_statement_and_variants_once(
    db: None, django_assert_num_queries: Any
) -> None:
    spend("late@example.de")
    asked = ["late@example.de", "a@example.de", "b@example.de", "b+2@example.de"]
    with transaction.atomic(), django_assert_num_queries(1):
        mailed = MailBudget.spend_many(asked, Share.SHOP)
    assert {budget_key(one) for one in mailed} == {"a@example.de", "b@example.de"}
    assert spend("a@example.de") is not None
    with transaction.atomic():
        assert MailBudget.spend_many([], Share.SHOP) == set()


def test_what_was_refused_is_given_back_once(db: None) -> None:
    spend()
    mailed_earlier(HOUR / 2)
    spend()
    for _ in range(2):
        MailBudget.give_back(JANA, of=timezone.now())
    [row] = MailBudget.objects.all()
    assert len(row.taken_at) == 1
    MailBudget.give_back(JANA, of=row.taken_at[0])
    assert MailBudget.objects.get().taken_at == []
    assert spend() is None


def test_what_no_limit_asks_for_is_forgotten(db: None) -> None:
    spend("old@example.de")
    mailed_earlier(HOUR + MINUTE)
    spend("empty@example.de")
    MailBudget.give_back("empty@example.de", of=timezone.now())
    spend()
    assert close_expired() == 2
    assert MailBudget.objects.count() == 1


def test_of_eight_who_ask_twenty_times_at_once_one_spends(transactional_db: None) -> None:
    def ask(_number: int) -> int:
        return [spend() for _ in range(20)].count(None)

    assert sum(all_at_once(ask)) == 1
    mailed_earlier(MINUTE)
    assert sum(all_at_once(ask)) == 1


def test_eight_bulk_sends_of_the_same_people_at_once_mail_each_once(
    transactional_db: None,
) -> None:
    people = [f"person{number}@example.de" for number in range(50)]

    def send(number: int) -> int:
        turned = people[number:] + people[:number]
        with transaction.atomic():
            return len(MailBudget.spend_many(turned, Share.SHOP))

    assert sum(all_at_once(send)) == len(people)


def test_whatever_asks_at_once_one_mail_leaves(transactional_db: None) -> None:
    """Staff, the shop's page and two spellings of one mailbox: one budget."""
    agent, jana = StaffFactory(), CustomerFactory(email=JANA, account=True)
    twin = CustomerFactory(email="jana.mueller+2@example.de")

    def act(number: int) -> Any:
        if number % 3 == 0:
            return RecoveryAsk.ask(AskPurpose.RECOVER, JANA).answer()
        who = Customer.objects.get(pk=(jana if number % 3 == 1 else twin).pk)
        return ResetRequest.start(who, by=agent)

    results = all_at_once(act)
    assert not [one for one in results if isinstance(one, Exception) and type(one) is not NotYet]
    assert (len(work()), ResetRequest.objects.count()) == (1, 1)


def test_staff_may_send_at_once_after_a_mail_was_refused(
    customer: Customer, agent: User, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=agent)
    work_in_vain()
    second = ResetRequest.start(customer, by=agent)
    first.refresh_from_db()
    assert (first.state, second.state) == (LinkState.REPLACED, LinkState.OPEN)
    assert len(worker()) == 1


def test_staff_are_told_to_wait_and_nothing_has_changed(
    customer: Customer, agent: User, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=agent)
    worker()
    mailed_earlier(timedelta(seconds=20))
    with pytest.raises(NotYet) as refusal:
        ResetRequest.start(customer, by=agent)
    assert (refusal.value.seconds_ago, refusal.value.seconds_left) == (20, 40)
    first.refresh_from_db()
    assert (first.state, worker()) == (LinkState.OPEN, [])
