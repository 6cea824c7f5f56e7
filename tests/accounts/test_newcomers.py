"""One person is not two: who came in after a hold or a failed check confirms neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.models import (
    Flag,
    ForOthers,
    Hold,
    HoldReason,
    IdentityCheck,
    LookForOthers,
    SecondColleagueNeeded,
    StaffLink,
    User,
)
from accounts.models.checks import FAILS_AFTER
from core.permissions import Role
from events.models import Event
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.checks import WRONG, known_for_long, miss, passed_check

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
LetIn = Callable[[User, Role], User]


def invited(by: User, role: Role) -> User:
    return User.invite("second@lead.example", role=role, by=by)


def reactivated(by: User, role: Role) -> User:
    gone = StaffFactory(role=role)
    assert gone.deactivate(by=by)
    assert gone.reactivate(by=by)
    return gone


def given_a_role(by: User, role: Role) -> User:
    other = StaffFactory(role=Role.READ_ONLY)
    assert other.change_role(role, by=by)
    return other


def let_in_by_a_link(by: User, role: Role) -> User:
    return StaffLink.start(StaffFactory(role=role), by=by).redeem("Espresso-am-Morgen-3")


def with_a_factor_less(by: User, role: Role) -> User:
    other = StaffFactory(role=role)
    second_factor.switch_on(other, second_factor.generate_totp_secret())
    assert second_factor.switch_off(other, by=by)
    return other


WAYS = [invited, reactivated, given_a_role, let_in_by_a_link, with_a_factor_less]
AFTER = "after this hold was put on"


def on_hold(customer: Customer, by: User) -> Hold:
    Hold.put_on(customer, by=by, reason=HoldReason.STAFF)
    passed_check(customer, by=by)
    return Hold.objects.get()


def failed(customer: Customer, by: User, first: int = 0) -> None:
    for number in range(first, FAILS_AFTER):
        miss(IdentityCheck.begin(customer, by=by), list(WRONG)[number % len(WRONG)], by=by)


@pytest.mark.parametrize("let_in", WAYS)
class TestHolds:
    def test_whoever_came_in_since_does_not_confirm(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        hold = on_hold(customer, lead)
        assert hold.ask_to_lift(by=lead)
        second = let_in(owner, Role.AGENT)
        with pytest.raises(SecondColleagueNeeded):
            hold.lift(by=second)
        url, browser = reverse("hold_lifting", args=[customer.pk, hold.pk]), sign_in(second)
        page = browser.get(url).text
        assert (AFTER in page, ">Lift the hold</button>" in page) == (True, False)
        assert [browser.post(url, {"way": way}).status_code for way in ("lift", "others")] == [
            409,
            409,
        ]
        assert customer.row().held().exists()

    def test_nor_asks_so_that_the_first_confirms(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        hold = on_hold(customer, lead)
        with pytest.raises(SecondColleagueNeeded):
            hold.ask_to_lift(by=let_in(owner, Role.AGENT))
        with pytest.raises(SecondColleagueNeeded):
            hold.lift(by=lead)
        assert hold.asked_to_lift_by is None

    def test_whoever_came_in_before_does(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        second = let_in(owner, Role.AGENT)
        hold = on_hold(customer, lead)
        assert hold.ask_to_lift(by=lead)
        hold.lift(by=second)
        assert (hold.lifted_by, hold.lifted_alone) == (second, False)

    def test_an_owner_does_whenever_they_came(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        hold = on_hold(customer, lead)
        assert hold.ask_to_lift(by=lead)
        hold.lift(by=let_in(owner, Role.OWNER))
        assert hold.lifted_alone is False


@pytest.mark.parametrize("let_in", WAYS)
class TestFailedChecks:
    def test_whoever_came_in_since_the_first_miss_does_not_settle_it(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        miss(IdentityCheck.begin(known_for_long(customer), by=lead), next(iter(WRONG)), by=lead)
        second = let_in(owner, Role.AGENT)
        failed(customer, lead, first=1)
        flag = Flag.objects.get()
        with pytest.raises(LookForOthers) as refusal:
            flag.settle(by=second)
        assert refusal.value.why == ForOthers.NEW
        browser, page = sign_in(second), reverse("customer_detail", args=[customer.pk])
        path = reverse("flag_settlement", args=[customer.pk, flag.pk])
        shown, refused = browser.get(page).text, browser.post(path)
        assert (f'action="{path}"' in shown, str(ForOthers.NEW.label) in shown) == (False, True)
        assert (refused.status_code, str(ForOthers.NEW.label) in refused.text) == (403, True)

    def test_whoever_came_in_before_and_an_owner_do(
        self, customer: Customer, owner: User, lead: User, let_in: LetIn
    ) -> None:
        second = let_in(owner, Role.AGENT)
        failed(known_for_long(customer), lead)
        assert Flag.objects.get().for_others(second) is None
        Event.objects.update(at=timezone.now() + timedelta(minutes=1))
        User.objects.filter(pk=second.pk).update(role=Role.OWNER)
        assert Flag.objects.get().settle(by=User.objects.get(pk=second.pk))


def test_a_link_that_nobody_used_changes_nothing(
    customer: Customer, lead: User, agent: User
) -> None:
    """Else a lead would keep a colleague out by sending one."""
    hold = on_hold(customer, lead)
    assert hold.ask_to_lift(by=lead)
    StaffLink.start(agent, by=lead)
    hold.lift(by=agent)
    assert hold.lifted_by == agent
