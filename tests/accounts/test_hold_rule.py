"""So many flags in so many days put an account on hold: which count, and which a stranger sends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import (
    AccountRules,
    Alarm,
    AskPurpose,
    Flag,
    FlagKind,
    Hold,
    HoldReason,
    RecoveryAsk,
    ResetRequest,
)
from accounts.models.flags import COUNTING
from customers.models import Customer
from customers.timeline import timeline_of
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
FAILED, FREQUENT = FlagKind.CHECK_FAILED, FlagKind.FREQUENT_RESETS
PAGE = "/admin/settings/customer-accounts/"


def rule(flags: int, days: int = 30) -> None:
    AccountRules.objects.update(hold_flags=flags, hold_days=days)


def flag(customer: Customer, kind: FlagKind = FAILED, *, by: User | None = None) -> None:
    """Raised, and looked at by a colleague before it can be raised again."""
    Flag.objects.open().of(customer).update(settled_at=timezone.now(), settled_by=StaffFactory())
    with transaction.atomic():
        customer.lock()
        Flag.raise_for(customer, kind, by=by)


def earlier(days: int) -> None:
    before = timedelta(days=days)
    Flag.objects.update(raised_at=F("raised_at") - before)
    Hold.objects.update(put_on_at=F("put_on_at") - before, lifted_at=F("lifted_at") - before)


def is_held(customer: Customer) -> bool:
    customer.refresh_from_db()
    assert (Hold.of(customer) is not None) == customer.is_held
    return customer.is_held


def test_by_itself_nothing_happens(customer: Customer) -> None:
    for _ in range(5):
        flag(customer)
    assert (AccountRules.current().hold_flags, is_held(customer)) == (0, False)


def test_as_many_as_the_shop_says_put_it_on(customer: Customer, agent: User) -> None:
    rule(3)
    for held in (False, False, True):
        flag(customer, by=agent)
        assert is_held(customer) is held
    hold = Hold.objects.get()
    assert (hold.reason, hold.put_on_by) == (HoldReason.RULE, None)
    flag(customer, by=agent)
    assert happened_to(customer).filter(name="customer.held").count() == 1


def test_in_as_many_days_as_it_says(customer: Customer) -> None:
    rule(2, days=7)
    flag(customer)
    earlier(8)
    flag(customer)
    assert not is_held(customer)
    earlier(6)
    flag(customer)
    assert is_held(customer)


def test_kinds_are_counted_together(customer: Customer, owner: User) -> None:
    rule(2)
    Hold.put_on(customer, by=owner, reason=HoldReason.UNDONE)
    flag(customer, FlagKind.UNDONE)
    assert Hold.objects.count() == 1
    Hold.objects.get().lift(by=owner, without_check="We met")
    Hold.objects.update(lifted_at=timezone.now() - timedelta(days=1))
    flag(customer)
    assert is_held(customer)


def test_what_came_before_a_hold_was_lifted_is_answered(customer: Customer, owner: User) -> None:
    rule(2)
    for _ in range(2):
        flag(customer)
    Hold.objects.get().lift(by=owner, without_check="We met")
    flag(customer)
    assert not is_held(customer)
    flag(customer)
    assert is_held(customer)


def test_one_alone_never_does_whatever_stands_in_the_database(customer: Customer) -> None:
    rule(1)
    flag(customer)
    assert not is_held(customer)
    flag(customer)
    assert is_held(customer)


def test_a_second_failed_check_counts_only_after_somebody_has_looked(customer: Customer) -> None:
    """Whoever calls and calls again raises one flag, until a colleague has seen it."""
    rule(2)
    for _ in range(9):
        with transaction.atomic():
            customer.lock()
            Flag.raise_for(customer, FAILED)
    assert (Flag.objects.count(), is_held(customer)) == (1, False)


def test_a_stranger_locks_nobody_out_by_asking(customer: Customer) -> None:
    rule(2)
    flag(customer)
    for _ in range(20):
        RecoveryAsk.ask(AskPurpose.RECOVER, customer.primary_email).answer()
    assert Flag.objects.open().of(customer).latest("pk").kind == FREQUENT
    flag(customer, FREQUENT)
    assert (FREQUENT in COUNTING, is_held(customer)) == (False, False)


def test_nor_does_their_asking_bring_about_what_a_new_rule_has_left_alone(
    customer: Customer,
) -> None:
    flag(customer)
    flag(customer)
    rule(2)
    flag(customer, FREQUENT)
    assert not is_held(customer)


def test_every_kind_was_thought_of() -> None:
    assert {*COUNTING, FREQUENT} == set(FlagKind)


def test_an_alarm_keeps_its_own_reason(customer: Customer) -> None:
    rule(2)
    flag(customer)
    ResetRequest.start(customer, by=None).redeem("Espresso-am-Morgen-9")
    Alarm.objects.get().sound()
    assert Hold.objects.get().reason == HoldReason.NOT_ME


def test_the_banner_and_the_timeline_say_that_it_was_the_rule(
    customer: Customer, agent: User
) -> None:
    rule(2)
    flag(customer)
    flag(customer)
    page = sign_in(agent).get(f"/admin/customers/{customer.pk}/").text
    assert "By rule: it was conspicuous too often" in page.partition('id="hold_notice"')[2]
    told = [entry.line.text for entry in timeline_of(customer).entries[:2]]
    assert told == [
        "<b>ShopDesk</b> put the account on hold",
        "Needs a look: Identity check failed",
    ]


def test_a_lead_sets_it_and_reads_what_counts(lead: User) -> None:
    from tests.accounts.test_rules import typed

    desk = sign_in(lead)
    page = desk.get(PAGE).text
    assert "a failed identity check" in page
    assert "Frequent resets do not" in page
    assert desk.post(PAGE, typed(hold_flags=3, hold_days=14)).status_code == 302
    rules = AccountRules.current()
    assert (rules.hold_flags, rules.hold_days) == (3, 14)
    refused = desk.post(PAGE, typed(hold_flags=1))
    assert (refused.status_code, "At least 2, or 0" in refused.text) == (422, True)


def test_of_eight_flags_at_once_the_last_ones_put_on_one_hold(transactional_db: None) -> None:
    rule(2)
    kinds = [FAILED, FlagKind.UNDONE, FlagKind.NOT_ME, FREQUENT] * (THREADS // 4)
    for number in range(10):
        customer = CustomerFactory(email=f"jana{number}@example.de", account=True)

        def act(n: int, pk: int = customer.pk) -> bool:
            mine = Customer.objects.get(pk=pk)
            with transaction.atomic():
                mine.lock()
                return Flag.raise_for(mine, kinds[n])

        results = all_at_once(act)
        assert sorted(results) == [False] * 4 + [True] * 4
        assert is_held(customer)
        assert happened_to(customer).filter(name="customer.held").count() == 1
        assert happened_to(customer).filter(name="customer.flagged").count() == 4
