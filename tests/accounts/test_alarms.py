"""“That wasn't me”: what the alarm does, and what does not silence it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import (
    Alarm,
    Flag,
    FlagKind,
    Hold,
    HoldReason,
    LinkRefused,
    LinkState,
    ResetRequest,
    User,
)
from accounts.moving import redeem_move, start_move
from accounts.tokens import token_for
from customers.timeline import timeline_of
from tests.accounts.conftest import minutes_later
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check
from tests.happened import happened_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

pytestmark = pytest.mark.django_db
JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"


@pytest.fixture
def alarm(customer: Customer) -> Alarm:
    """Of a change that nobody at Jana's knows of."""
    change_password(customer, PASSWORD, NEW)
    return Alarm.objects.get()


def change_password(customer: Customer, present: str, new: str) -> None:
    browser = sign_in(User.objects.get(customer=customer))
    typed = {"current": present, "password": new}
    assert browser.post("/account/password/", typed).url == "/account/"


def names(customer: Customer) -> list[str]:
    return list(happened_to(customer).order_by("id").values_list("name", flat=True))


class TestSounding:
    def test_it_holds_flags_and_tells(self, alarm: Alarm, customer: Customer) -> None:
        alarm.sound()
        customer.refresh_from_db()
        hold = Hold.of(customer)
        assert hold is not None
        assert (hold.reason, hold.put_on_by, customer.is_held) == (HoldReason.NOT_ME, None, True)
        assert Flag.objects.open().of(customer).get().kind == FlagKind.NOT_ME
        assert names(customer)[-2:] == ["customer.held", "customer.flagged"]
        event = happened_to(alarm).get()
        assert (event.name, event.actor_type, event.plain) == (
            "alarm.sounded",
            "customers.customer",
            {},
        )
        first = timeline_of(customer).entries[0].line
        assert (first.text, first.state) == ("<b>Jana Müller</b> said: “That wasn’t me”", "bad")
        assert first.detail.startswith("About the new password of ")

    def test_once(self, alarm: Alarm) -> None:
        alarm.sound()
        with pytest.raises(LinkRefused) as refused:
            alarm.sound()
        assert refused.value.state == LinkState.USED
        assert (Hold.objects.count(), Flag.objects.count(), happened_to(alarm).count()) == (1, 1, 1)

    def test_too_late(self, alarm: Alarm, customer: Customer) -> None:
        Alarm.objects.update(expires_at=timezone.now())
        with pytest.raises(LinkRefused):
            alarm.sound()
        assert (Hold.objects.exists(), Flag.objects.exists()) == (False, False)

    def test_whoever_is_signed_in_with_the_new_password_is_out(
        self, alarm: Alarm, customer: Customer
    ) -> None:
        thief = Client()
        typed = {"email": JANA, "password": NEW}
        assert thief.post("/account/login/", typed).url == "/account/"
        alarm.sound()
        assert thief.get("/account/").status_code == 302
        assert Client().post("/account/login/", typed).status_code == 422

    def test_a_hold_that_stands_stays_as_it_is(
        self, alarm: Alarm, customer: Customer, agent: User
    ) -> None:
        Hold.put_on(customer, by=agent, reason=HoldReason.STAFF, note="An odd voice")
        alarm.sound()
        assert Hold.objects.get().reason == HoldReason.STAFF
        assert Flag.objects.get().kind == FlagKind.NOT_ME
        assert happened_to(alarm).get().name == "alarm.sounded"

    def test_a_disabled_customer_is_heard_as_well(
        self, alarm: Alarm, customer: Customer, agent: User
    ) -> None:
        customer.disable(by=agent)
        alarm.sound()
        assert Hold.of(customer) is not None

    def test_those_of_earlier_changes_lock_nobody_out_a_second_time(
        self, alarm: Alarm, customer: Customer, owner: User
    ) -> None:
        ResetRequest.start(customer, by=None).redeem("Espresso-am-Abend-4")
        newest = Alarm.objects.latest("pk")
        newest.sound()
        Hold.objects.get().lift(by=owner, without_check="We met")
        with pytest.raises(LinkRefused) as refused:
            alarm.sound()
        assert refused.value.state == LinkState.WITHDRAWN
        assert Hold.of(customer) is None


def another_password(customer: Customer, _owner: User) -> None:
    change_password(customer, NEW, "Espresso-am-Abend-4")


def a_reset(customer: Customer, owner: User) -> None:
    ResetRequest.start(customer, by=owner).redeem("Espresso-am-Abend-4")


def another_address(customer: Customer, owner: User) -> None:
    """By somebody whom a colleague took for the customer."""
    passed_check(customer, by=owner)
    redeem_move(start_move(customer, "dieb@example.de", by=owner), "Espresso-am-Abend-4")


def a_hold_that_was_lifted(customer: Customer, owner: User) -> None:
    Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
    Hold.objects.get().lift(by=owner, without_check="They knew everything")


def a_disabling(customer: Customer, owner: User) -> None:
    customer.disable(by=owner)
    customer.enable_again(by=owner)


@pytest.mark.parametrize(
    "what",
    [another_password, a_reset, another_address, a_hold_that_was_lifted, a_disabling],
)
def test_nothing_that_somebody_who_got_in_can_bring_about_silences_it(
    what: Callable[[Customer, User], None], alarm: Alarm, customer: Customer, owner: User
) -> None:
    minutes_later()
    what(customer, owner)
    browser = Client()
    assert browser.get(f"/account/alarm/{token_for(alarm)}/").url == "/account/alarm/"
    browser.post("/account/alarm/")
    customer.refresh_from_db()
    assert (customer.is_held, Flag.objects.get().kind) == (True, FlagKind.NOT_ME)
